import type { Mail } from "./mail.schema.js";

/** A mail as people read it. */
export interface WrittenMail {
  subject: string;
  text: string;
  html: string;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** `14:35 UTC` as the locale writes it; an unknown locale counts as en-ZA. */
const clockTime = (at: Date, locale: string): string => {
  const [supported = "en-ZA"] = Intl.DateTimeFormat.supportedLocalesOf([wellFormed(locale), "en-ZA"]);
  const format = { hour: "2-digit", minute: "2-digit", timeZone: "UTC", timeZoneName: "short" } as const;
  return new Intl.DateTimeFormat(supported, format).format(at);
};

/** The engine throws at a tag that is not even formed like one. */
const wellFormed = (locale: string): string => (/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(locale) ? locale : "en-ZA");

/** `5 minutes`, never less than one. */
const remaining = (until: Date, now: Date): string => {
  const minutes = Math.max(1, Math.round((until.getTime() - now.getTime()) / 60_000));
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
};

/**
 * The text of a mail, plain and designed.
 * @param secret what travelled sealed: the code.
 * @param at the moment it is sent.
 */
export const writeMail = (mail: Mail, secret: string, at: Date): WrittenMail => {
  const ends = `in ${remaining(mail.expiresAt, at)}, at ${clockTime(mail.expiresAt, mail.locale)}`;
  return {
    subject: "Your Tollgate sign-in code",
    text: [
      `Hello ${mail.displayName},`,
      "",
      `your sign-in code is ${secret}`,
      "",
      `It expires ${ends}, and works once.`,
      "",
      "If you did not try to sign in, somebody else knows your password: change it, and give this code to nobody.",
      "",
      "Tollgate",
    ].join("\n"),
    html: signInCodePage(escapeHtml(mail.displayName), escapeHtml(secret), escapeHtml(ends)),
  };
};

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Tables and inline styles: what mail programs understand. Nothing is loaded from elsewhere. */
const signInCodePage = (name: string, code: string, ends: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Your Tollgate sign-in code</title>
</head>
<body style="margin:0;padding:0;background:#eef5f4">
<div style="display:none;max-height:0;overflow:hidden">It expires ${ends}.</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#eef5f4">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:480px;background:#ffffff;border-radius:12px;border:1px solid #d5e5e3">
<tr><td style="padding:24px 32px;background:#0f766e;border-radius:12px 12px 0 0;${FONT};font-size:18px;font-weight:600;color:#ffffff">Tollgate</td></tr>
<tr><td style="padding:32px 32px 8px;${FONT};font-size:16px;line-height:24px;color:#16302e">Hello ${name},<br>here is your sign-in code.</td></tr>
<tr><td style="padding:16px 32px"><div style="padding:20px 8px;background:#f0faf8;border:1px solid #99d5cd;border-radius:8px;text-align:center;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:36px;line-height:44px;font-weight:700;letter-spacing:8px;color:#115e59">${code}</div></td></tr>
<tr><td style="padding:8px 32px;${FONT};font-size:14px;line-height:22px;color:#3f5856">It expires ${ends}, and works once.</td></tr>
<tr><td style="padding:8px 32px 32px;${FONT};font-size:13px;line-height:20px;color:#5f7775">If you did not try to sign in, somebody else knows your password: change it, and give this code to nobody.</td></tr>
</table>
</td></tr>
</table>
</body>
</html>`;
