import { type Database, type Sealer, systemCaller } from "@tollgate/kit";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "@tollgate/kit/protocol";
import { mailboxMails } from "./mail.js";
import type { Mail } from "./mail.schema.js";
import { mailboxPage } from "./mailbox-page.js";
import { openMail } from "./secrets.js";
import { secretOf, writeMail } from "./text.js";

/** A mail as the mailbox shows it. */
export interface MailboxMessage {
  id: string;
  kind: Mail["kind"];
  to: string;
  subject: string;
  text: string;
  html: string;
  /** What the mail says to type in. */
  code: string | null;
  /** Where its button leads, token included. */
  link: string | null;
  sentAt: Date;
}

/** Nothing of the mailbox may run a script, be framed or stay in a cache. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const answer = (type: string, body: string, status = 200): PassThroughResponse => ({
  status,
  headers: { ...HEADERS, "content-type": `${type}; charset=utf-8` },
  body,
});

/** The local mailbox of a demo without SMTP: whoever reaches it reads every code, so it is never there in production. */
export const mailboxRoutes = (database: Database, sealer: Sealer, publicUrl: string): PassThroughRoute[] => {
  const shown = (mail: Mail): MailboxMessage[] => {
    const opened = openMail(mail, sealer);
    if (opened === "GONE" || !mail.sentAt) return [];
    const code = secretOf(mail.kind) === "code" ? opened.secret : null;
    const written = writeMail(mail, opened.secret, mail.sentAt, publicUrl);
    return [{ id: mail.id, kind: mail.kind, to: mail.recipient, ...written, code, sentAt: mail.sentAt }];
  };
  const messages = async (request: PassThroughRequest): Promise<MailboxMessage[]> => {
    const to = request.query.get("to") || null;
    return (await database.read(systemCaller("mailbox"), (tx) => mailboxMails(tx, to))).flatMap(shown);
  };
  return [
    {
      method: "GET",
      path: "/mailbox",
      handle: async (request) =>
        answer("text/html", mailboxPage(await messages(request), request.query.get("to") ?? "", new Date())),
    },
    {
      method: "GET",
      path: "/mailbox/messages",
      handle: async (request) => answer("application/json", JSON.stringify(await messages(request))),
    },
    {
      method: "GET",
      path: "/mailbox/message",
      handle: async (request) => {
        const wanted = request.query.get("id");
        const message = (await messages(request)).find(({ id }) => id === wanted);
        return message ? answer("text/html", message.html) : answer("text/plain", "There is no such mail.", 404);
      },
    },
  ];
};
