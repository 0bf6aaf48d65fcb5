import { escapeHtml } from "./escape.js";
import type { MailContent } from "./letter.js";

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONO = "font-family:ui-monospace,Menlo,Consolas,monospace";

/** Colours for the light are inline, where every mail program sees them; those that know dark take them from here. */
const DARK = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #0f1514 !important; }
  .card { background: #1d2625 !important; border-color: #384341 !important; }
  .text { color: #e3e8e7 !important; }
  .quiet { color: #c1c9c8 !important; }
  .code { background: #141b1a !important; border-color: #41a096 !important; color: #6dbab0 !important; }
  .link { color: #6dbab0 !important; }
}`;

/** What a page is made of; the link is the action's, whole. */
export interface MailPage extends MailContent {
  greeting: string;
  link: string | null;
}

const row = (style: string, colour: "text" | "quiet", content: string): string =>
  `<tr><td class="${colour}" style="${style};${FONT};color:${colour === "text" ? "#1a2221" : "#4c5856"}">${content}</td></tr>`;

const paragraphs = (texts: readonly string[]): string => texts.map(escapeHtml).join("<br>");

const codeRow = (code: string): string =>
  `<tr><td style="padding:8px 32px 16px"><div class="code" style="padding:20px 8px;background:#e7f3f1;border:1px solid #6dbab0;border-radius:8px;text-align:center;${MONO};font-size:36px;line-height:44px;font-weight:700;letter-spacing:8px;color:#084b46">${escapeHtml(code)}</div></td></tr>`;

/** A button, and the address in sight below it: for programs that show no buttons, and to see where it leads. */
const actionRows = (label: string, link: string): string => {
  const address = escapeHtml(link);
  return `<tr><td style="padding:8px 32px 16px"><table role="presentation" cellpadding="0" cellspacing="0"><tr><td style="border-radius:8px;background:#0f6f66"><a href="${address}" style="display:inline-block;padding:12px 24px;${FONT};font-size:16px;line-height:24px;font-weight:600;color:#ffffff;text-decoration:none">${escapeHtml(label)}</a></td></tr></table></td></tr>
${row("padding:0 32px 16px;font-size:13px;line-height:20px;word-break:break-all", "quiet", `Or open this address: <a href="${address}" class="link" style="color:#0b5d56">${address}</a>`)}`;
};

/** Tables and inline styles: what mail programs understand. Nothing is loaded from elsewhere, so nobody sees it opened. */
export const mailPage = ({ subject, greeting, happened, code, action, link, terms, otherwise }: MailPage): string => {
  const rows = [
    row("padding:32px 32px 16px;font-size:16px;line-height:24px", "text", paragraphs([greeting, ...happened])),
    code === undefined ? "" : codeRow(code),
    action && link !== null ? actionRows(action.label, link) : "",
    terms.length === 0 ? "" : row("padding:0 32px 16px;font-size:14px;line-height:22px", "text", paragraphs(terms)),
    row("padding:0 32px 32px;font-size:13px;line-height:20px", "quiet", escapeHtml(otherwise)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${DARK}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#eef1f0">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(terms[0] ?? happened[0] ?? "")}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="ground" style="background:#eef1f0">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:520px;background:#ffffff;border-radius:12px;border:1px solid #d2d8d7">
<tr><td style="padding:20px 32px;background:#0f6f66;border-radius:12px 12px 0 0;${FONT};font-size:18px;font-weight:600;color:#ffffff">Tollgate</td></tr>
${rows.filter((entry) => entry !== "").join("\n")}
</table>
</td></tr>
</table>
</body>
</html>`;
};
