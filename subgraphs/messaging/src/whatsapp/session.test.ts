import { randomUUID } from "node:crypto";
import type { Tx } from "@tollgate/kit";
import { until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { Desk } from "../testing/desk.js";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
});
afterEach(() => desk.closeStreams());
afterAll(() => desk.close());

const paired = async () => {
  const id = await desk.create();
  const stream = desk.watchSession(id);
  await desk.session("pairWhatsApp", { sessionId: id });
  return { id, stream, first: await desk.untilState(stream, "WhatsAppQrReady") };
};

describe("a WhatsApp session", () => {
  it("begins disconnected, and shows a QR code for 60 seconds when it pairs", async () => {
    const id = await desk.create();
    expect(await desk.status(id)).toBe("DISCONNECTED");
    const stream = desk.watchSession(id);
    expect((await desk.next<{ whatsappSession: object }>(stream)).whatsappSession).toMatchObject({
      __typename: "WhatsAppDisconnected",
    });
    await desk.session("pairWhatsApp", { sessionId: id });
    const shown = await desk.untilState(stream, "WhatsAppQrReady");
    expect(shown).toMatchObject({ attempt: 1, attempts: 5, session: { id, status: "QR_READY" } });
    expect(Date.parse(shown.expiresAt) - desk.clock().getTime()).toBe(60_000);
    expect(shown.qr.length).toBeGreaterThan(80);
  });

  it("connects when the phone scans the QR code, which is of no use afterwards", async () => {
    const { id, stream, first } = await paired();
    expect(await desk.session("scanWithSimulatedPhone", { sessionId: id, code: first.qr })).toMatchObject({ id });
    expect((await desk.untilState(stream, "WhatsAppConnected")).phone).toMatch(/^\+2782\d{7}$/);
    expect(await desk.session("scanWithSimulatedPhone", { sessionId: id, code: first.qr })).toMatchObject({
      __typename: "ConflictProblem",
    });
  });

  it("connects with a pairing code of 120 seconds, typed with spaces and small letters", async () => {
    const id = await desk.create();
    const stream = desk.watchSession(id);
    await desk.session("pairWhatsApp", { sessionId: id, phone: "+27821234567" });
    const { code, expiresAt } = await desk.untilState(stream, "WhatsAppPairingCodeReady");
    expect(code).toMatch(/^[1-9A-Z]{8}$/);
    expect(Date.parse(expiresAt) - desk.clock().getTime()).toBe(120_000);
    const typed = `${code.slice(0, 4)}-${code.slice(4)} `.toLowerCase();
    await desk.session("scanWithSimulatedPhone", { sessionId: id, code: typed });
    expect((await desk.untilState(stream, "WhatsAppConnected")).phone).toBe("+27821234567");
  });

  it("renews the QR code four times, then stops", async () => {
    const { id, stream, first } = await paired();
    const codes = [first.qr];
    for (let attempt = 2; attempt <= 5; attempt += 1) {
      desk.pass(60);
      const next = await desk.untilState(stream, "WhatsAppQrReady");
      expect(next.attempt).toBe(attempt);
      codes.push(next.qr);
    }
    expect(new Set(codes).size).toBe(5);
    expect(await desk.session("scanWithSimulatedPhone", { sessionId: id, code: codes[0] })).toMatchObject({
      __typename: "InvalidInputProblem",
      fields: [{ path: ["code"], reason: "WRONG" }],
    });
    desk.pass(60);
    expect((await desk.untilState(stream, "WhatsAppFailed")).reason).toBe("PAIRING_UNUSED");
  });

  it("shows codes only to those who may manage it", async () => {
    const { id } = await paired();
    const reader = desk.caller(desk.tree.customer, ["whatsapp:read"]);
    const { value } = await desk.watchSession(id, reader).next();
    expect(value.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    expect(JSON.stringify(value)).not.toContain("2@");
  });

  it("leaves no code in the database, neither while it is shown nor afterwards", async () => {
    const { id, stream, first } = await paired();
    expect(await tablesContaining(first.qr)).toEqual([]);
    await desk.session("scanWithSimulatedPhone", { sessionId: id, code: first.qr });
    await desk.untilState(stream, "WhatsAppConnected");
    await desk.messaging.subgraph.delivered();
    expect(await tablesContaining(first.qr)).toEqual([]);
    const row = await rowOf(id);
    expect(row).toMatchObject({ sealed_code: null, code_expires_at: null });
    expect(row?.credentials).toBeInstanceOf(Uint8Array);
  });

  it("keeps its pairing when it is disconnected, and loses it when it is logged out", async () => {
    const id = await desk.connected();
    expect(await desk.session("disconnectWhatsApp", { sessionId: id })).toMatchObject({ status: "DISCONNECTED" });
    await desk.session("connectWhatsApp", { sessionId: id });
    await until(async () => (await desk.status(id)) === "CONNECTED");
    expect(await desk.session("pairWhatsApp", { sessionId: id })).toMatchObject({
      __typename: "WhatsAppProblem",
      code: "CONFLICT",
    });
    expect(await desk.session("logOutWhatsApp", { sessionId: id })).toMatchObject({ status: "LOGGED_OUT" });
    expect(await desk.session("connectWhatsApp", { sessionId: id })).toMatchObject({ __typename: "WhatsAppProblem" });
    const row = await rowOf(id);
    expect(row?.credentials).toBeNull();
  });

  it("stops a pairing under way, whose code counts for nothing then", async () => {
    const { id, stream, first } = await paired();
    await desk.session("disconnectWhatsApp", { sessionId: id });
    await desk.untilState(stream, "WhatsAppDisconnected");
    expect(await desk.session("scanWithSimulatedPhone", { sessionId: id, code: first.qr })).toMatchObject({
      __typename: "ConflictProblem",
    });
  });

  it("is gone once it is removed", async () => {
    const id = await desk.connected();
    const stream = desk.watchSession(id);
    await desk.untilState(stream, "WhatsAppConnected");
    await desk.session("removeWhatsAppSession", { sessionId: id });
    await desk.untilState(stream, "WhatsAppLoggedOut");
    expect(await desk.session("connectWhatsApp", { sessionId: id })).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it("is created once for one idempotency key", async () => {
    const input = { name: "Once", driver: "SIMULATED", idempotencyKey: randomUUID() };
    const [first, second] = [
      await desk.session("createWhatsAppSession", input),
      await desk.session("createWhatsAppSession", input),
    ];
    expect(second.id).toBe(first.id);
    expect(await desk.session("createWhatsAppSession", { ...input, name: "Other" })).toMatchObject({
      __typename: "ConflictProblem",
    });
  });

  it.each([
    ["BAILEYS", false, "riskAccepted"],
    ["BAILEYS", true, "driver"],
    ["CLOUD", false, "driver"],
  ])("refuses the driver %s with riskAccepted %s", async (driver, riskAccepted, path) => {
    const input = { name: "Other", driver, riskAccepted, idempotencyKey: randomUUID() };
    expect(await desk.session("createWhatsAppSession", input)).toMatchObject({
      __typename: "InvalidInputProblem",
      fields: [{ path: [path] }],
    });
  });

  it.each([
    ["+1202555012", "TOO_SHORT"],
    ["+120255501234", "TOO_LONG"],
    ["+99912345678", "UNKNOWN_COUNTRY"],
    ["+27001234567", "NOT_E164"],
  ])("says what is wrong with %s: %s", async (phone, reason) => {
    const sessionId = await desk.create();
    expect(await desk.session("pairWhatsApp", { sessionId, phone })).toMatchObject({
      __typename: "PhoneNumberProblem",
      code: "INVALID_INPUT",
      reason,
    });
  });
});

describe("the sessions of an organisation", () => {
  it("are one unless more are allowed, also for two who ask at once", async () => {
    const strict = await Desk.open(inject("postgresUrl"), { sessionLimit: 1 });
    try {
      const create = () =>
        strict.session("createWhatsAppSession", { name: "One", driver: "SIMULATED", idempotencyKey: randomUUID() });
      const made = await Promise.all([create(), create(), create()]);
      expect(made.map(({ __typename }) => __typename).toSorted()).toEqual([
        "ConflictProblem",
        "ConflictProblem",
        "WhatsAppSession",
      ]);
      const one = made.find(({ __typename }) => __typename === "WhatsAppSession");
      await strict.session("removeWhatsAppSession", { sessionId: one?.id });
      expect(await create()).toMatchObject({ __typename: "WhatsAppSession" });
    } finally {
      await strict.close();
    }
  });
});

const inDatabase = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  desk.messaging.subgraph.database.system("test", work);

const rowOf = async (id: string) => {
  const [row] = await inDatabase(
    (tx) => tx.sql<{ sealed_code: unknown; code_expires_at: unknown; credentials: unknown }[]>`
      select sealed_code, code_expires_at, credentials from whatsapp_session where id = ${id}`,
  );
  return row;
};

/** The tables that hold a text anywhere, as it is or as bytes. */
const tablesContaining = (secret: string): Promise<string[]> =>
  inDatabase(async (tx) => {
    const tables = await tx.sql<{ name: string }[]>`
      select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname = 'messaging' and has_table_privilege(c.oid, 'select')`;
    expect(tables.length).toBeGreaterThan(10);
    const found: string[] = [];
    const asBytes = Buffer.from(secret).toString("hex");
    for (const { name } of tables) {
      const rows = await tx.sql.unsafe(
        `select 1 from ${name} t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0`,
        [secret, asBytes],
      );
      if (rows.length > 0) found.push(name);
    }
    return found;
  });
