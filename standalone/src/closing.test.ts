import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import { demoId } from "./demo/organisations.js";
import { type Answer, Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let operator: Person;
let clinics: Person;
const CLINICS = demoId("1", 0x21);

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  operator = await tollgate.signIn("operator");
  clinics = await tollgate.signIn("clinics");
});

afterAll(() => tollgate.stop());

const close = async (organisationId: string, as = operator) => {
  const input = { organisationId, reason: "They have moved on", idempotencyKey: randomUUID() };
  const { data } = await as.ask(
    `mutation ($input: CloseOrganisationInput!) { closeOrganisation(input: $input) {
      __typename ... on Organisation { status wallet { state } fleet { machines } vms { totalCount } whatsapp { sessions { status } } }
      ... on Problem { code message } } }`,
    { input },
  );
  return data.closeOrganisation;
};

const codeOf = ({ errors }: Answer): unknown => errors?.[0]?.extensions["code"] ?? null;

/** What no mutation does yet: everything that the wallet holds is given back, and its machines' reserves with it. */
const emptyWallet = async (organisationId: string): Promise<void> => {
  const { billing } = tollgate.tollgate.subgraphs;
  await billing.database.system("test", async (tx) => {
    const holds = await tx.sql<{ id: string; amount: bigint; captured: bigint }[]>`
      select id from hold where organisation_id = ${organisationId} and state = 'OPEN'`;
    for (const { id } of holds) {
      await tx.sql`select settle_hold(${id}, ${randomUUID()}, ${randomUUID()}, 0, 'CAPTURE', '', 'Given back', now())`;
    }
    const [wallet] = await tx.sql<{ id: string; available: bigint }[]>`
      select id, available from wallet where organisation_id = ${organisationId}`;
    if (!wallet) throw new Error("no wallet");
    const amount = wallet.available.toString();
    await tx.sql`
      select post_entry(${randomUUID()}, ${organisationId}, 'ADJUSTMENT', 'Refunded', now(), null,
        array[${wallet.id}, ${wallet.id}]::uuid[], array['WALLET', 'PROVIDER_CLEARING'], array[-${amount}::bigint, ${amount}::bigint])`;
  });
};

describe("closing an organisation", () => {
  it("is refused while its wallet holds money for its machines", async () => {
    const refused = await close(CLINICS);
    expect(refused).toMatchObject({ code: "CONFLICT" });
    expect(refused.message).toMatch(/set aside for machines|is being charged/);
    const { data } = await clinics.ask("{ organisation { status } vms { totalCount } }");
    expect(data.organisation.status).toBe("ACTIVE");
    expect(data.vms.totalCount).toBeGreaterThan(0);
  });

  it("ends machines, money, sessions, live streams, API keys and WhatsApp, and nobody signs in again", async () => {
    const { data } = await clinics.ask(
      `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on ApiKeySecret { secret } ... on Problem { message } } }`,
      { input: { name: "Reports", permissions: ["vm:read"], idempotencyKey: randomUUID() } },
    );
    const key = { "x-api-key": data.createApiKey.secret };
    const partner = new Person(tollgate.url, null);
    expect(codeOf(await partner.ask("{ vms { totalCount } }", {}, key))).toBeNull();
    const live = createClient({
      url: `${tollgate.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${clinics.token}` },
      retryAttempts: 0,
    });
    const ended = new Promise((resolve) => {
      live.subscribe(
        { query: "subscription { vmStateChanged { to } }" },
        { next: () => undefined, error: resolve, complete: () => resolve("complete") },
      );
    });
    // Charged up to the last full hour; seeded machines were there before this one began.
    await tollgate.tollgate.subgraphs.billing.runJob("charge-usage");
    await emptyWallet(CLINICS);
    expect(await close(CLINICS)).toEqual({
      __typename: "Organisation",
      status: "CLOSED",
      wallet: { state: "CLOSED" },
      fleet: expect.objectContaining({ machines: 0 }),
      vms: { totalCount: 0 },
      whatsapp: { sessions: [] },
    });
    await ended;
    await until(async () => codeOf(await clinics.ask("{ organisation { id } }")) === "UNAUTHENTICATED");
    await until(async () => codeOf(await partner.ask("{ vms { totalCount } }", {}, key)) === "UNAUTHENTICATED");
    const { data: again } = await partner.ask(
      `mutation { signIn(input: { email: "clinics@tollgate.example", password: "Open-the-gate-4000", delivery: BEARER }) {
        __typename ... on Problem { code } } }`,
    );
    expect(again.signIn.__typename).not.toBe("Challenge");
  });
});

describe("acting for an organisation", () => {
  it("outside of one's estate is refused, and stands in the audit trail", async () => {
    const highveld = await tollgate.signIn("highveld");
    const foreign = demoId("1", 0x11);
    const refused = await highveld.ask("{ vms { totalCount } }", {}, { "x-organisation-id": foreign });
    expect(codeOf(refused)).toBe("FORBIDDEN");
    const filter = { outcome: ["REFUSED"], action: ["vm:read"] };
    const entries = async () => {
      const { data } = await highveld.ask(
        "query ($filter: AuditFilter) { auditEntries(filter: $filter) { nodes { problem resourceId actorKind } } }",
        { filter },
      );
      return data.auditEntries.nodes as object[];
    };
    await until(async () => (await entries()).length > 0);
    expect(await entries()).toContainEqual({ problem: "FORBIDDEN", resourceId: foreign, actorKind: "USER" });
  });
});
