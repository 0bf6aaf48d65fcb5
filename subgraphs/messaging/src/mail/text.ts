import { DESIGNS } from "./designs.js";
import { harmless } from "./escape.js";
import { type MailPage, mailPage } from "./layout.js";
import { letterOf } from "./letter.js";
import type { Mail } from "./mail.schema.js";

/** A mail as people read it. */
export interface WrittenMail {
  subject: string;
  text: string;
  html: string;
  /** Where its action leads, with the token; null where there is none. */
  link: string | null;
}

/** What travels sealed with a kind of mail, or null. @throws Error for a kind that has no design */
export const secretOf = (kind: Mail["kind"]): "code" | "token" | null => {
  const design = DESIGNS[kind];
  if (design === undefined) throw new Error(`There is no design for a mail of kind ${String(kind)}.`);
  return design.secret;
};

/**
 * The text of a mail, plain and designed.
 * @param secret what travelled sealed: the code or the token; null where the kind has none.
 * @param at the moment it is sent.
 * @param publicUrl where its links lead.
 */
export const writeMail = (mail: Mail, secret: string | null, at: Date, publicUrl: string): WrittenMail => {
  const content = DESIGNS[mail.kind].write(letterOf(mail, secret ?? "", at));
  const link = content.action ? linkOf(content.action, publicUrl) : null;
  const name = harmless(mail.displayName);
  const page: MailPage = { ...content, link, greeting: name === "" ? "Hello," : `Hello ${name},` };
  return { subject: content.subject, text: plainText(page), html: mailPage(page), link };
};

const linkOf = ({ path, token }: NonNullable<MailPage["action"]>, publicUrl: string): string =>
  `${publicUrl}${path}${token === undefined ? "" : `?token=${encodeURIComponent(token)}`}`;

const plainText = ({ greeting, happened, code, action, link, terms, otherwise }: MailPage): string =>
  [
    [greeting],
    happened,
    code === undefined ? [] : [`Your code: ${code}`],
    action && link !== null ? [`${action.label}:`, link] : [],
    terms,
    [otherwise],
    ["Tollgate"],
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
