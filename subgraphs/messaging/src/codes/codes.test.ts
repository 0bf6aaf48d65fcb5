import { randomInt, randomUUID } from "node:crypto";
import { newEventId, Sealer } from "@tollgate/kit";
import { TEST_SECRET, until } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { mail } from "../mail/mail.schema.js";
import { eventOf, visit } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";
import { type SignInCode, signInCode } from "./code.schema.js";

let desk: Desk;
const sessions: string[] = [];

beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
});

afterAll(() => desk.close());

afterEach(async () => {
  for (const sessionId of sessions.splice(0)) await desk.session("removeWhatsAppSession", { sessionId }, operator());
});

const operator = () => desk.caller(desk.tree.operator);
const system = <T>(work: Parameters<typeof desk.messaging.subgraph.database.system<T>>[1], at = desk) =>
  at.messaging.subgraph.database.system("tests", work);

const connect = async (at = desk): Promise<string> => {
  const id = await at.connected("+27821230001", at.caller(at.tree.operator));
  if (at === desk) sessions.push(id);
  return id;
};

let people = 0;

/** A code as accounts asks for it. */
const codeEvent = (phone: string) => {
  people += 1;
  const code = String(randomInt(100_000, 1_000_000));
  const id = newEventId();
  const payload = {
    userId: randomUUID(),
    organisationId: desk.tree.customer,
    phone,
    email: `person${people}@example.com`,
    displayName: "Thandi",
    locale: "en-ZA",
    expiresAt: new Date(desk.clock().getTime() + 300_000),
  };
  const sealed = new Sealer(TEST_SECRET, "events").seal(code, id);
  return { code, email: payload.email, event: eventOf("signInCode.requested", payload, { id, sealed }) };
};

const codeRow = async (id: string, at = desk): Promise<SignInCode | undefined> =>
  (await system((tx) => tx.db.select().from(signInCode).where(eq(signInCode.id, id)), at))[0];

const mailbox = async (to: string): Promise<{ code: string | null }[]> =>
  JSON.parse((await visit(desk.messaging, "/mailbox/messages", { to }))?.body ?? "[]") as { code: string | null }[]; // the route's own form

const told = async (organisationId: string): Promise<boolean[]> => {
  const rows = await system(
    (tx) => tx.sql<{ ready: boolean }[]>`
      select (payload->>'isReady')::boolean as ready from outbox
       where type = 'codeChannel.changed' and organisation_id = ${organisationId} order by aggregate_version`,
  );
  return rows.map(({ ready }) => ready);
};

describe("a sign-in code by WhatsApp", () => {
  it("goes out by the operator's session, and is nowhere to be read: no conversation, no event, no table has it", async () => {
    await connect();
    const { event, code } = codeEvent("+27825550101");
    await desk.messaging.subgraph.inbox.receive(event);
    await until(async () => (await codeRow(event.id))?.state === "SENT");
    expect((await codeRow(event.id))?.sealed).toBeNull();
    const everything = await system(async (tx) => {
      const tables = await tx.sql<{ name: string }[]>`
        select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`;
      const dumps = await Promise.all(
        tables.map(
          ({ name }) => tx.sql<{ dump: string | null }[]>`select json_agg(t)::text as dump from ${tx.sql(name)} t`,
        ),
      );
      return dumps.map(([row]) => row?.dump ?? "").join("\n");
    });
    expect(everything).toContain(event.id);
    expect(everything).not.toMatch(new RegExp(`\\b${code}\\b`));
    const { conversations } = await desk.ask<{ conversations: { nodes: unknown[] } }>(
      "{ conversations { nodes { id } } }",
      {},
      operator(),
    );
    expect(conversations.nodes).toEqual([]);
  });

  it("is shown in the demo's mailbox for the number, since no simulated phone can be looked at", async () => {
    await connect();
    const { event, code } = codeEvent("+27825550102");
    await desk.messaging.subgraph.inbox.receive(event);
    await desk.messaging.subgraph.inbox.receive(event);
    await until(async () => (await mailbox("+27825550102")).length > 0);
    expect(await mailbox("+27825550102")).toMatchObject([{ code }]);
  });

  it("becomes a mail where no session is connected", async () => {
    const { event, code, email } = codeEvent("+27825550103");
    await desk.messaging.subgraph.inbox.receive(event);
    await until(async () => (await mailbox(email)).length > 0);
    expect(await mailbox(email)).toMatchObject([{ code }]);
    expect(await codeRow(event.id)).toBeUndefined();
  });

  it("becomes a mail after two failures: the person is waiting", async () => {
    await connect();
    const { event, code, email } = codeEvent("+27825550000"); // out of reach on the simulated network
    await desk.messaging.subgraph.inbox.receive(event);
    // Tried, and failed: due again sooner than what is merely handed over.
    const soon = desk.clock().getTime() + 3_000;
    await until(async () => {
      const row = await codeRow(event.id);
      return row?.attempts === 1 && row.nextAttemptAt.getTime() <= soon;
    });
    desk.pass(3);
    await until(async () => (await codeRow(event.id))?.state === "MAILED");
    expect((await codeRow(event.id))?.sealed).toBeNull();
    await until(async () => (await mailbox(email)).length > 0);
    expect(await mailbox(email)).toMatchObject([{ code }]);
  });

  it("becomes a mail when nobody has sent it within a quarter of a minute: its session's process may be gone", async () => {
    const { event, email } = codeEvent("+27825550104");
    const now = desk.clock();
    const sealed = new Sealer(TEST_SECRET, "mail at rest").seal("123456", event.id);
    await system((tx) =>
      tx.db.insert(signInCode).values({
        id: event.id,
        organisationId: desk.tree.customer,
        userId: randomUUID(),
        sessionId: randomUUID(), // that no process runs
        phone: "+27825550104",
        email,
        displayName: "Thandi",
        locale: "en-ZA",
        expiresAt: new Date(now.getTime() + 300_000),
        sealed,
        nextAttemptAt: now,
        createdAt: now,
      }),
    );
    desk.pass(16);
    await until(async () => (await mailbox(email)).length > 0);
    expect(await mailbox(email)).toMatchObject([{ code: "123456" }]);
  });

  it("leaves no mail behind where there is a mail server", async () => {
    const production = await Desk.open(inject("postgresUrl"), { smtpUrl: "smtp://127.0.0.1:1", mailbox: false });
    try {
      await connect(production);
      const { event } = codeEvent("+27825550105");
      await production.messaging.subgraph.inbox.receive(event);
      await until(async () => (await codeRow(event.id, production))?.state === "SENT");
      const mails = await system((tx) => tx.db.select().from(mail).where(eq(mail.id, event.id)), production);
      expect(mails).toEqual([]);
    } finally {
      await production.close();
    }
  });
});

describe("accounts is told", () => {
  it("when codes can go out by WhatsApp and when they cannot any more; sessions of others are of no interest", async () => {
    const before = (await told(desk.tree.operator)).length;
    await desk.connected("+27821230002");
    expect(await told(desk.tree.customer)).toEqual([]);
    const id = await connect();
    expect((await told(desk.tree.operator)).slice(before).at(-1)).toBe(true);
    await desk.session("disconnectWhatsApp", { sessionId: id }, operator());
    expect((await told(desk.tree.operator)).at(-1)).toBe(false);
  });
});
