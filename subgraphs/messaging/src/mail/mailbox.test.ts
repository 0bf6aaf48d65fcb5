import { systemCaller } from "@tollgate/kit";
import { TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { messagingSubgraph } from "../index.js";
import { codeMail, visit } from "../testing/arrange.js";
import { MAILBOX_SIZE, trimMailbox } from "./mail.js";
import { mail } from "./mail.schema.js";
import type { MailboxMessage } from "./mailbox.js";

let messaging: TestSubgraph;

beforeAll(async () => {
  const definition = messagingSubgraph({ smtpUrl: null, mailFrom: "Tollgate <no-reply@example.com>", mailbox: true });
  messaging = await TestSubgraph.start(inject("postgresUrl"), definition, testTree().source);
});

afterAll(() => messaging.stop());

const inbox = async (to: string): Promise<MailboxMessage[]> => {
  const answer = await visit(messaging, "/mailbox/messages", { to });
  return JSON.parse(answer?.body ?? "[]") as MailboxMessage[]; // the route's own form
};

const arrived = (to: string) => until(async () => (await inbox(to)).length > 0);

describe("the local mailbox", () => {
  it("shows a code that was asked for, as JSON, as a page and as the mail itself", async () => {
    const { event, code, to } = codeMail({ displayName: "<b>Thandi</b>" });
    await messaging.subgraph.inbox.receive(event);
    await arrived(to);
    const [message] = await inbox(to.toUpperCase());
    expect(message).toMatchObject({ id: event.id, to, code, subject: "Your Tollgate sign-in code" });
    expect(message?.text).toContain(code);
    expect(message?.html).toContain(code);
    const page = await visit(messaging, "/mailbox");
    expect(page?.body).toContain(`<p class="code">${code}</p>`);
    const itself = await visit(messaging, "/mailbox/message", { id: event.id });
    expect(itself?.body).toBe(message?.html);
    expect(itself?.body).toContain("&lt;b&gt;Thandi&lt;/b&gt;");
    expect((await visit(messaging, "/mailbox/message", { id: "unknown" }))?.status).toBe(404);
  });

  it("runs no script and stays in no cache", async () => {
    const page = await visit(messaging, "/mailbox", { to: '"><script>alert(1)</script>' });
    expect(page?.body).not.toContain("<script");
    expect(page?.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(page?.headers["cache-control"]).toBe("no-store");
  });

  it("keeps one mail of an event that comes twice, and its code sealed", async () => {
    const { event, code, to } = codeMail();
    await messaging.subgraph.inbox.receive(event);
    await messaging.subgraph.inbox.receive(event);
    await arrived(to);
    expect(await inbox(to)).toHaveLength(1);
    const rows = await messaging.subgraph.database.system("tests", (tx) => tx.db.select().from(mail));
    expect(rows.every((row) => !Buffer.from(row.sealed ?? []).includes(code))).toBe(true);
    const plain = rows.map(({ sealed: _, ...row }) => row);
    expect(JSON.stringify(plain)).not.toContain(code);
  });

  it("keeps the newest mails only", async () => {
    const { to, event } = codeMail();
    await messaging.subgraph.inbox.receive(event);
    await arrived(to);
    await messaging.subgraph.database.system("tests", async (tx) => {
      await tx.sql`
        insert into mail (id, organisation_id, user_id, kind, recipient, display_name, locale, expires_at, sealed, state,
            next_attempt_at, created_at, sent_at)
        select uuidv7(), organisation_id, user_id, kind, 'flood@example.com', display_name, locale, expires_at, sealed, state,
            next_attempt_at, created_at, now() + interval '1 hour'
          from mail, generate_series(1, ${MAILBOX_SIZE}) where id = ${event.id}`;
      await trimMailbox(tx);
    });
    const left = await messaging.subgraph.database.read(systemCaller("tests"), (tx) => tx.db.select().from(mail));
    expect(left).toHaveLength(MAILBOX_SIZE);
    expect(left.every((row) => row.recipient === "flood@example.com")).toBe(true);
  });

  it("is not there with SMTP", () => {
    const options = { mailFrom: "no-reply@example.com", smtpUrl: null, mailbox: false };
    const kit = { database: messaging.subgraph.database, masterSecret: "x" } as never; // routes are all that is asked for
    const withSmtp = messagingSubgraph({ ...options, smtpUrl: "smtp://127.0.0.1:1", mailbox: true });
    expect(withSmtp.parts(kit).routes).toEqual([]);
  });
});
