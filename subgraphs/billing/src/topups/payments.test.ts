import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { billingSubgraph } from "../index.js";
import { walletFor } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import type { WebhookRequest } from "../providers/provider.js";
import { simulatePaystack } from "../providers/testing/paystack-server.js";
import { simulateStripe } from "../providers/testing/stripe-server.js";
import { system } from "../testing/arrange.js";
import { walletById } from "../wallet/wallets.js";
import { expireTopUps } from "./topups.js";

const tree = testTree();
const PERMISSIONS = [
  "wallet:read",
  "wallet:topUp",
  "topUp:approve",
  "topUp:refund",
  "providerEvent:read",
  "operations:replay",
];
const caller = (org: string = tree.customer) =>
  requestCaller({ org, permissions: PERMISSIONS }, { deadline: Date.now() + 120_000 });
const NOW = new Date("2026-05-04T09:00:00Z");
let time = NOW;
let billing: TestSubgraph;
let paystack: Awaited<ReturnType<typeof simulatePaystack>>;
let stripe: Awaited<ReturnType<typeof simulateStripe>>;

const KEYS = {
  PAYMENTS_PAYSTACK_KEY: "sk_test_simulated",
  PAYMENTS_STRIPE_KEY: "sk_test_simulated",
  PAYMENTS_STRIPE_WEBHOOK_KEY: "whsec_simulated",
};

beforeAll(async () => {
  Object.assign(process.env, KEYS);
  [paystack, stripe] = await Promise.all([simulatePaystack(), simulateStripe()]);
  const paymentAddresses = { PAYSTACK: paystack.server.address, STRIPE: stripe.server.address };
  const publicUrl = "https://tollgate.example";
  const definition = billingSubgraph({ clock: () => time, paymentAddresses, publicUrl });
  billing = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
});

afterEach(() => {
  paystack.server.answerWith(null);
  time = NOW;
});

afterAll(async () => {
  for (const key of Object.keys(KEYS)) delete process.env[key];
  await billing.stop();
  await Promise.all([paystack.server.stop(), stripe.server.stop()]);
});

interface Shown {
  __typename: string;
  id: string;
  state: string;
  reference: string;
  failureReason: string | null;
  step: { url: string } | null;
  refunded: { minorUnits: string };
  code: string;
}

const change = async (name: string, input: Record<string, unknown>, as = caller()): Promise<Shown> => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename
    ... on TopUp { id state reference failureReason step { ... on RedirectStep { url } } refunded { minorUnits } }
    ... on Problem { code message } } }`;
  const { data, errors } = await billing.execute(document, { input }, as);
  if (errors) throw new Error(JSON.stringify(errors));
  return (data as { result: Shown }).result; // as the document asks for it
};

const walletOf = (organisationId: string = tree.customer) =>
  system(billing.subgraph, async (tx) => walletById(tx, await walletFor(tx, organisationId, "ZAR")));

const start = async (rest: Record<string, unknown> = {}) => {
  const amount = { minorUnits: "50000", currency: "ZAR" };
  const wanted = { walletId: (await walletOf()).id, amount, provider: "PAYSTACK", idempotencyKey: randomUUID() };
  return change("startTopUp", { ...wanted, ...rest });
};

const stateOf = async (id: string): Promise<string> => {
  const { data } = await billing.execute("query ($id: ID!) { topUp(id: $id) { state } }", { id }, caller());
  return (data as { topUp: { state: string } }).topUp.state; // as the document asks for it
};

const send = async (name: string, { rawBody, headers }: WebhookRequest): Promise<number> => {
  const path = `/webhooks/payments/${name}`;
  const route = billing.subgraph.routes.find((one) => one.path === path);
  if (!route) throw new Error("no such route");
  const request = { method: "POST", path, query: new URLSearchParams(), headers, rawBody, address: "127.0.0.1" };
  return (await route.handle(request)).status;
};

/** How much the wallet gained while `work` ran. */
const gained = async (work: () => Promise<unknown>): Promise<bigint> => {
  const before = (await walletOf()).posted;
  await work();
  return (await walletOf()).posted - before;
};

const events = async (filter: Record<string, unknown>) => {
  const document = `query ($filter: ProviderEventFilter) { providerEvents(filter: $filter) {
    nodes { id state problem kind topUp { id } } } }`;
  const { data, errors } = await billing.execute(document, { filter }, caller(tree.operator));
  if (errors) throw new Error(JSON.stringify(errors));
  return (data as { providerEvents: { nodes: { id: string; state: string; problem: string; kind: string }[] } })
    .providerEvents.nodes; // as the document asks for it
};

const records = (action: string) =>
  system(
    billing.subgraph,
    (tx) => tx.sql<{ outcome: string }[]>`
      select payload->>'outcome' as outcome from outbox where type = 'audit.recorded' and payload->>'action' = ${action}`,
  );

test("a card payment: started, paid at the provider, credited on its word", async () => {
  const started = await start();
  expect(started).toMatchObject({ state: "PENDING", step: { url: expect.stringContaining("checkout.paystack.com") } });
  const { callback_url } = JSON.parse(paystack.server.last().body);
  expect(callback_url).toBe(`https://tollgate.example/payments/return?topUp=${started.id}`);
  expect(await gained(() => send("paystack", paystack.pay(started.reference)))).toBe(50_000n);
  expect(await stateOf(started.id)).toBe("SUCCEEDED");
  expect((await system(billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("the same webhook a hundred times at once credits once", async () => {
  const { id, reference } = await start();
  const webhook = paystack.pay(reference);
  const storm = () => Promise.all(Array.from({ length: 100 }, () => send("paystack", webhook)));
  expect(await gained(storm)).toBe(50_000n);
  expect(await events({ topUpId: id })).toMatchObject([{ state: "APPLIED", kind: "charge.success" }]);
});

test.each([
  [["fail", "pay"], 50_000n, "SUCCEEDED"],
  [["pay", "fail"], 50_000n, "SUCCEEDED"],
  [["pay", "fail", "pay"], 50_000n, "SUCCEEDED"],
  [["fail"], 0n, "FAILED"],
] as const)("%j comes to one credit at most", async (order, money, state) => {
  const { id, reference } = await start();
  const all = async () => {
    for (const what of order) expect(await send("paystack", paystack[what](reference))).toBe(200);
  };
  expect(await gained(all)).toBe(money);
  expect(await stateOf(id)).toBe(state);
});

test("a late word that a payment is pending takes nothing back", async () => {
  const { id, reference } = await start({ provider: "STRIPE" });
  const late = stripe.provider.become(reference, "checkout.session.completed", { status: "complete" });
  await send("stripe", stripe.pay(reference));
  expect(await gained(() => send("stripe", late))).toBe(0n);
  expect(await stateOf(id)).toBe("SUCCEEDED");
});

test.each([
  { minorUnits: 50_001n, currency: "ZAR" as const },
  { minorUnits: 1n, currency: "ZAR" as const },
  { minorUnits: 50_000n, currency: "USD" as const },
])("a success over $currency $minorUnits credits nothing and raises an incident", async (amount) => {
  const { id, reference } = await start();
  const before = (await records("security:paymentRefused")).length;
  expect(await gained(() => send("paystack", paystack.pay(reference, amount)))).toBe(0n);
  expect(await stateOf(id)).toBe("PENDING");
  expect(await events({ topUpId: id })).toMatchObject([
    { state: "REFUSED", problem: expect.stringContaining("asked for") },
  ]);
  expect(await records("security:paymentRefused")).toHaveLength(before + 1);
});

test("a forged webhook moves nothing, is refused and leaves a record, however often it comes", async () => {
  const { id, reference } = await start();
  const forged = paystack.forge(paystack.pay(reference));
  const before = (await records("security:webhookRefused")).length;
  const statuses = await Promise.all(Array.from({ length: 30 }, () => send("paystack", forged)));
  expect(new Set(statuses)).toEqual(new Set([400]));
  expect(await stateOf(id)).toBe("PENDING");
  expect(await records("security:webhookRefused")).toHaveLength(before + 1);
});

test("a payment is resumed with the step that it has; starting it again by the same key makes no second one", async () => {
  const idempotencyKey = randomUUID();
  const first = await start({ idempotencyKey });
  expect(await start({ idempotencyKey })).toEqual(first);
  expect(await change("payTopUp", { topUpId: first.id, idempotencyKey: randomUUID() })).toEqual(first);
});

test("two who begin at once go to the provider once", async () => {
  const idempotencyKey = randomUUID();
  await Promise.all([start({ idempotencyKey }), start({ idempotencyKey })]);
  const { reference, step } = await start({ idempotencyKey });
  expect(reference).toMatch(/^TG-\d+$/);
  expect(step).not.toBeNull();
});

test("a provider that is away costs nothing: the payment is taken up when it is there again", async () => {
  paystack.server.answerWith({ status: 503, contentType: "text/plain", body: "" });
  const idempotencyKey = randomUUID();
  expect(await start({ idempotencyKey })).toMatchObject({ __typename: "ProviderProblem", code: "UNAVAILABLE" });
  paystack.server.answerWith(null);
  expect(await start({ idempotencyKey })).toMatchObject({ state: "PENDING", step: { url: expect.any(String) } });
});

test("what a provider forgot to tell is found by asking", async () => {
  const { id, reference } = await start();
  paystack.pay(reference); // no webhook is sent
  const input = { topUpId: id, idempotencyKey: randomUUID() };
  expect(await gained(() => change("reconcileTopUp", input, caller(tree.reseller)))).toBe(50_000n);
  expect(await stateOf(id)).toBe("SUCCEEDED");
});

test("a success after a day, or after giving up, still counts", async () => {
  const [late, left] = await Promise.all([start(), start()]);
  await change("cancelTopUp", { topUpId: left.id, idempotencyKey: randomUUID() });
  time = new Date(NOW.getTime() + 86_400_001);
  await system(billing.subgraph, (tx) => expireTopUps(tx, time));
  expect([await stateOf(late.id), await stateOf(left.id)]).toEqual(["EXPIRED", "CANCELLED"]);
  const both = async () => {
    for (const { reference } of [late, left]) await send("paystack", paystack.pay(reference));
  };
  expect(await gained(both)).toBe(100_000n);
});

test("what could not be applied is kept, and replayed when it can be", async () => {
  const { id, reference } = await start({ provider: "STRIPE" });
  const webhook = stripe.pay(reference);
  const shut = (state: string) =>
    system(billing.subgraph, async (tx) => {
      await tx.sql`select set_standing(${(await walletOf()).id}, ${state}, null, null)`;
    });
  await shut("CLOSED");
  expect(await send("stripe", webhook)).toBe(500);
  await shut("ACTIVE");
  const failed = (await events({ state: ["FAILED"] }))[0];
  const input = { providerEventIds: [failed?.id], idempotencyKey: randomUUID() };
  const document = `mutation ($input: ReplayProviderEventsInput!) { replayProviderEvents(input: $input) {
    ... on ProviderEventsReplayed { count } } }`;
  expect(await gained(() => billing.execute(document, { input }, caller(tree.operator)))).toBe(50_000n);
  expect(await stateOf(id)).toBe("SUCCEEDED");
});

test("coming back to us credits nothing and leads on to where one was", async () => {
  const { id } = await start({ returnUrl: "https://tollgate.example/order?a=1&b=2" });
  const route = billing.subgraph.routes.find(({ path, method }) => path === "/payments/return" && method === "POST");
  const lead = async (topUp: string) => {
    const query = new URLSearchParams({ topUp, status: "success" });
    const rest = { headers: {}, rawBody: new Uint8Array(), address: "127.0.0.1" };
    return String((await route?.handle({ method: "POST", path: "/payments/return", query, ...rest }))?.body);
  };
  expect(await gained(() => lead(id))).toBe(0n);
  expect(await lead(id)).toContain('url=https://tollgate.example/order?a=1&amp;b=2"');
  expect(await lead('"><script>')).toContain('url=https://tollgate.example/wallet"');
  expect(await start({ returnUrl: "https://evil.example/" })).toMatchObject({ code: "INVALID_INPUT" });
});

test("only providers that have their keys and take the currency are offered", async () => {
  const { id: walletId } = await walletOf();
  const document = "query ($walletId: ID!) { topUpOptions(walletId: $walletId) { provider } }";
  const { data } = await billing.execute(document, { walletId }, caller());
  expect(data).toEqual({ topUpOptions: [{ provider: "PAYSTACK" }, { provider: "STRIPE" }, { provider: "MANUAL" }] });
  expect(await start({ provider: "PAYGATE" })).toMatchObject({ __typename: "ProviderProblem" });
});

const paid = async (provider: "PAYSTACK" | "STRIPE" = "STRIPE") => {
  const started = await start({ provider });
  const webhook = provider === "STRIPE" ? stripe.pay(started.reference) : paystack.pay(started.reference);
  await send(provider.toLowerCase(), webhook);
  const { payment_intent } = JSON.parse(Buffer.from(webhook.rawBody).toString()).data.object ?? {};
  return { ...started, payment_intent };
};

const refund = (topUpId: string, minorUnits: string | null = null, as = caller(tree.reseller)) => {
  const amount = minorUnits && { minorUnits, currency: "ZAR" };
  return change("refundTopUp", { topUpId, amount, reason: "Paid by mistake", idempotencyKey: randomUUID() }, as);
};

test("a refund: in part, then the rest, by somebody above, taken from the wallet and sent to the provider", async () => {
  const { id, payment_intent } = await paid();
  expect(await refund(id, null, caller())).toMatchObject({ __typename: "ForbiddenProblem" });
  expect(await gained(() => refund(id, "20000"))).toBe(-20_000n);
  expect(new URLSearchParams(stripe.server.last().body).get("payment_intent")).toBe(payment_intent);
  expect(await refund(id, "30001")).toMatchObject({ code: "INVALID_INPUT" });
  expect(await refund(id)).toMatchObject({ state: "REFUNDED", refunded: { minorUnits: "50000" } });
  expect((await system(billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("a refund that the provider refuses is in the wallet again", async () => {
  const { id } = await paid("PAYSTACK");
  const body = JSON.stringify({ status: false, message: "Refunds are off" });
  paystack.server.answerWith({ status: 400, contentType: "application/json", body });
  expect(await gained(() => refund(id))).toBe(0n);
  expect(await stateOf(id)).toBe("SUCCEEDED");
});

test("a chargeback takes what is there and the rest is owed, once; the next payment settles it first", async () => {
  const { payment_intent } = await paid();
  const { id: walletId, organisationId, available } = await walletOf();
  const spend = available - 10_000n;
  await system(billing.subgraph, async (tx) => {
    const legs = [
      { walletId, account: "WALLET" as const, amount: -spend },
      { walletId, account: "REVENUE" as const, amount: spend },
    ];
    const { postEntry } = await import("../ledger/ledger.js");
    await postEntry(tx, { organisationId, kind: "USAGE", description: "Spent", eventAt: time, legs });
  });
  const dispute = { id: "dp_1", payment_intent, amount: 50_000, currency: "zar" };
  const tell = () => send("stripe", stripe.provider.webhook("charge.dispute.funds_withdrawn", dispute));
  await Promise.all(Array.from({ length: 20 }, tell));
  expect(await walletOf()).toMatchObject({ available: 0n, receivable: -40_000n });
  await paid();
  await until(async () => (await walletOf()).receivable === 0n);
  expect((await walletOf()).available).toBe(10_000n);
  expect((await system(billing.subgraph, verifyLedger)).findings).toEqual([]);
});
