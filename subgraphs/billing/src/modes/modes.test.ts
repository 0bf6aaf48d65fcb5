import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { creditWallet, postEntry, walletFor } from "../ledger/ledger.js";
import { wallet } from "../ledger/ledger.schema.js";
import { verifyLedger } from "../ledger/verify.js";
import { followVm } from "../machines/machines.js";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { system, vmChanged } from "../testing/arrange.js";
import { TestClock } from "../testing/orders.js";
import { recoverAll } from "../usage/recover.js";
import { followRun } from "../usage/runs.js";
import { applyBillingModes } from "./applying.js";
import { billingModeAt } from "./modes.js";

const clock = new TestClock();
const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: clock.now }), tree.source, []);
});

afterEach(async () => {
  expect((await system(billing.subgraph, (tx) => verifyLedger(tx))).findings).toEqual([]);
});

afterAll(() => billing.stop());

const patient = { deadline: Date.now() + 600_000 };
const above = requestCaller(
  { org: tree.reseller, kind: "RESELLER", permissions: ["billing:manage", "wallet:read"] },
  patient,
);
const top = requestCaller(
  { org: tree.operator, kind: "INTERNAL", permissions: ["billing:manage", "wallet:read"] },
  patient,
);
const own = requestCaller({ org: tree.customer, permissions: ["billing:manage"] }, patient);
const foreign = requestCaller({ org: tree.otherReseller, kind: "RESELLER", permissions: ["billing:manage"] }, patient);

const CHANGE = `mutation ($input: ChangeBillingModeInput!) { result: changeBillingMode(input: $input) { __typename
  ... on BillingModeChange { mode effectiveFrom creditLimit { minorUnits currency } organisation { id billingMode } }
  ... on Problem { code message } ... on ForbiddenProblem { reason } ... on InvalidInputProblem { fields { path reason } } } }`;

const PLANNED = `query ($organisations: [_Any!]!) { _entities(representations: $organisations) {
  ... on Organisation { billingModeChanges { mode creditLimit { minorUnits currency } effectiveFrom } } } }`;
const reference = (id: string) => ({ __typename: "Organisation", id });

const zar = (minorUnits: bigint) => ({ minorUnits: `${minorUnits}`, currency: "ZAR" });

const change = async (rest: Record<string, unknown>, caller = above) => {
  const input = {
    organisationId: tree.customer,
    mode: "INVOICED",
    effectiveFrom: clock.now().toISOString(),
    idempotencyKey: randomUUID(),
    ...rest,
  };
  const { data, errors } = await billing.execute(CHANGE, { input }, caller);
  expect(errors).toBeUndefined();
  return (data as { result: Record<string, unknown> }).result; // as the document asks for it
};

const walletOf = async (organisationId = tree.customer) => {
  const [row] = await system(billing.subgraph, (tx) =>
    tx.db.select().from(wallet).where(eq(wallet.organisationId, organisationId)),
  );
  if (!row) throw new Error("no wallet");
  return row;
};

const use = (amount: bigint) =>
  system(billing.subgraph, async (tx) => {
    const walletId = await walletFor(tx, tree.customer, "ZAR");
    const legs = [
      { walletId, account: "WALLET" as const, amount: -amount },
      { walletId, account: "REVENUE" as const, amount },
    ];
    const entry = { organisationId: tree.customer, kind: "USAGE" as const, description: "Use", eventAt: clock.now() };
    return postEntry(tx, { ...entry, legs });
  });

const apply = () => applyBillingModes(billing.subgraph.database, clock.now());

it("gives credit from now on: use takes the wallet below zero, down to the limit and not a cent further", async () => {
  expect(await change({ creditLimit: zar(10_000n) })).toMatchObject({
    mode: "INVOICED",
    creditLimit: zar(10_000n),
    organisation: { id: tree.customer, billingMode: "INVOICED" },
  });
  await use(9_000n);
  await expect(use(1_001n)).rejects.toMatchObject({ code: "INSUFFICIENT_FUNDS" });
  await use(1_000n);
  expect(await walletOf()).toMatchObject({ posted: -10_000n, available: 0n, receivable: 0n });
});

it("refuses a limit below what is used, in words, and moves nothing", async () => {
  const refusal = await change({ creditLimit: zar(9_999n) });
  expect(refusal).toMatchObject({ __typename: "ConflictProblem" });
  expect(refusal["message"]).toMatch(/R\s?100/);
  expect(await walletOf()).toMatchObject({ creditLimit: 10_000n, available: 0n });
  expect(await change({ creditLimit: zar(10_000n) })).toMatchObject({ __typename: "BillingModeChange" });
});

it("keeps the credit as it is while a debt stands on an invoice, and gives it back as that is paid", async () => {
  const walletId = (await walletOf()).id;
  const { customer: organisationId } = tree;
  const post = (legs: Parameters<typeof postEntry>[1]["legs"]) =>
    system(billing.subgraph, (tx) =>
      postEntry(tx, { organisationId, kind: "INVOICE_PAYMENT", description: "", eventAt: clock.now(), legs }),
    );
  await post([
    { walletId, account: "WALLET", amount: 4_000n },
    { walletId, account: "RECEIVABLE", amount: -4_000n, onInvoice: true },
  ]);
  expect(await walletOf()).toMatchObject({ posted: -6_000n, invoiced: 4_000n, available: 0n });
  const tooMuch = post([
    { walletId, account: "PROVIDER_CLEARING", amount: -4_001n },
    { walletId, account: "RECEIVABLE", amount: 4_001n, onInvoice: true },
  ]);
  await expect(tooMuch).rejects.toThrow(/wallet_invoiced_check/);
  await post([
    { walletId, account: "PROVIDER_CLEARING", amount: -4_000n },
    { walletId, account: "RECEIVABLE", amount: 4_000n, onInvoice: true },
  ]);
  expect(await walletOf()).toMatchObject({ posted: -6_000n, invoiced: 0n, receivable: 0n, available: 4_000n });
});

it("changes at its time: what was used on credit is owed then, and paid first by what comes in", async () => {
  const later = new Date(clock.now().getTime() + 3_600_000);
  const mode = { mode: "PREPAID", effectiveFrom: later.toISOString() };
  expect(await change(mode)).toMatchObject({ mode: "PREPAID", organisation: { billingMode: "INVOICED" } });
  await apply();
  expect(await walletOf()).toMatchObject({ creditLimit: 10_000n });
  clock.forward(60);
  expect(await Promise.all([apply(), apply(), apply()])).toEqual([new Map(), new Map(), new Map()]);
  expect(await walletOf()).toMatchObject({ creditLimit: 0n, posted: 0n, receivable: -6_000n, available: 0n });
  const asked = await system(billing.subgraph, (tx) =>
    Promise.all([
      billingModeAt(tx, [tree.customer, tree.sibling], clock.now()),
      billingModeAt(tx, [tree.customer], new Date(later.getTime() - 1)),
    ]),
  );
  expect(asked.map((modes) => modes.get(tree.customer)?.mode)).toEqual(["PREPAID", "INVOICED"]);
  expect(asked[0]?.get(tree.sibling)).toEqual({ mode: "PREPAID" });
  await system(billing.subgraph, (tx) =>
    creditWallet(tx, {
      ...{ organisationId: tree.customer, currency: "ZAR", minorUnits: 7_000n, description: "Paid", at: clock.now() },
      idempotencyKey: randomUUID(),
    }),
  );
  await recoverAll(billing.subgraph.database, clock.now());
  expect(await walletOf()).toMatchObject({ posted: 1_000n, receivable: 0n, available: 1_000n });
});

it("counts the later decision of two from the same moment on", async () => {
  const effectiveFrom = new Date(clock.now().getTime() + 3_600_000).toISOString();
  await change({ creditLimit: zar(500n), effectiveFrom });
  await change({ mode: "PREPAID", effectiveFrom });
  clock.forward(60);
  await apply();
  expect(await walletOf()).toMatchObject({ creditLimit: 0n });
});

it("is done once for a key, and refused for the same key with another limit", async () => {
  const key = { idempotencyKey: randomUUID(), effectiveFrom: clock.now().toISOString() };
  const answers = await Promise.all([0, 1, 2].map(() => change({ ...key, creditLimit: zar(700n) })));
  expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(new Set(["BillingModeChange"]));
  expect(await change({ ...key, creditLimit: zar(800n) })).toMatchObject({ __typename: "ConflictProblem" });
  expect(await walletOf()).toMatchObject({ creditLimit: 700n });
});

it("lists what counts now and what is planned: neither what is over, nor what was replaced", async () => {
  const { otherCustomer: organisationId } = tree;
  const hours = (count: number) => new Date(clock.now().getTime() + count * 3_600_000).toISOString();
  const listed = async () => {
    const { data, errors } = await billing.execute(PLANNED, { organisations: [reference(organisationId)] }, top);
    expect(errors).toBeUndefined();
    return (data as { _entities: [{ billingModeChanges: unknown[] }] })._entities[0].billingModeChanges; // as asked for
  };
  expect(await listed()).toEqual([]);
  await change({ organisationId, creditLimit: zar(100n) }, top);
  await change({ organisationId, creditLimit: zar(300n), effectiveFrom: hours(2) }, top);
  await change({ organisationId, mode: "PREPAID", effectiveFrom: hours(1) }, top);
  await change({ organisationId, creditLimit: zar(200n), effectiveFrom: hours(1) }, top);
  const [now, next, last] = [
    { mode: "INVOICED", creditLimit: zar(100n), effectiveFrom: hours(0) },
    { mode: "INVOICED", creditLimit: zar(200n), effectiveFrom: hours(1) },
    { mode: "INVOICED", creditLimit: zar(300n), effectiveFrom: hours(2) },
  ];
  expect(await listed()).toEqual([now, next, last]);
  clock.forward(60);
  expect(await listed()).toEqual([next, last]);
});

it("tells what time it is in the books, to whoever may see prices or wallets", async () => {
  const asked = { query: "{ billingTime }", at: clock.now().toISOString() };
  for (const permission of ["wallet:read", "price:read"]) {
    const reader = requestCaller({ org: tree.customer, permissions: [permission] }, patient);
    expect((await billing.execute(asked.query, {}, reader)).data).toEqual({ billingTime: asked.at });
  }
  expect((await billing.execute(asked.query, {}, own)).data).toEqual({ billingTime: null });
});

it("charges use until then as before, where a change begins at once and charging is behind", async () => {
  const { sibling: organisationId } = tree;
  const began = new Date("2026-01-01T00:00:00Z");
  await system(billing.subgraph, async (tx) => {
    await publishPriceList(tx, demoPriceList(randomUUID(), tree.operator, began), began);
    const event = vmChanged({ organisationId });
    await followVm(tx, event);
    await followRun(tx, event, new Date(clock.now().getTime() - 3 * 3_600_000));
  });
  expect(await change({ organisationId, creditLimit: zar(10_000n) })).toMatchObject({ mode: "INVOICED" });
  // It had no money, so it owes what it used; none of it is on the credit that begins now.
  const { posted, receivable, revenue, creditLimit } = await walletOf(organisationId);
  expect({ posted, receivable, creditLimit }).toEqual({ posted: 0n, receivable: -revenue, creditLimit: 10_000n });
  expect(revenue).toBeGreaterThan(0n);
});

it("is for an organisation above alone: nobody gives himself credit, and strangers find nothing", async () => {
  const wish = { creditLimit: zar(1n) };
  expect(await change(wish, own)).toMatchObject({ __typename: "ForbiddenProblem", reason: "NOT_BELOW" });
  expect(await change(wish, foreign)).toMatchObject({ __typename: "NotFoundProblem" });
  expect(await change({ ...wish, organisationId: randomUUID() })).toMatchObject({ __typename: "NotFoundProblem" });
});

it.each([
  { rest: {}, path: ["creditLimit"], reason: "REQUIRED" },
  { rest: { mode: "PREPAID", creditLimit: zar(1n) }, path: ["creditLimit"], reason: "NOT_ALLOWED" },
  { rest: { creditLimit: zar(0n) }, path: ["creditLimit", "minorUnits"], reason: "OUT_OF_RANGE" },
  {
    rest: { creditLimit: zar(1n), effectiveFrom: "2026-01-01T00:00:00.000Z" },
    path: ["effectiveFrom"],
    reason: "PAST",
  },
  {
    rest: { creditLimit: zar(1n), effectiveFrom: "2036-01-01T00:00:00.000Z" },
    path: ["effectiveFrom"],
    reason: "OUT_OF_RANGE",
  },
])("names what is wrong: $reason of $path", async ({ rest, path, reason }) => {
  expect(await change(rest)).toMatchObject({ fields: [{ path, reason }] });
});
