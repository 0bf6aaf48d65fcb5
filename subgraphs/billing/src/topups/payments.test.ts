import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { verifyLedger } from "../ledger/verify.js";
import { openEvents } from "../providers/events.js";
import { asAdministrator, system } from "../testing/arrange.js";
import { PaymentDesk } from "../testing/payments.js";
import { expireTopUps } from "./topups.js";

const NOW = new Date("2026-05-04T09:00:00Z");
const tree = testTree();
let desk: PaymentDesk;

beforeAll(async () => {
  desk = await PaymentDesk.open(inject("postgresUrl"), tree);
});

afterEach(() => {
  desk.paystack.server.answerWith(null);
  desk.time = NOW;
});

afterAll(() => desk.close());

test("a card payment: started, paid at the provider, credited on its word", async () => {
  const started = await desk.start();
  expect(started).toMatchObject({ state: "PENDING", step: { url: expect.stringContaining("checkout.paystack.com") } });
  const { callback_url } = JSON.parse(desk.paystack.server.last().body);
  expect(callback_url).toBe(`https://tollgate.example/payments/return?topUp=${started.id}`);
  expect(await desk.gained(() => desk.send("paystack", desk.paystack.pay(started.reference)))).toBe(50_000n);
  expect(await desk.stateOf(started.id)).toBe("SUCCEEDED");
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("the same webhook a hundred times at once credits once", async () => {
  const { id, reference } = await desk.start();
  const webhook = desk.paystack.pay(reference);
  const storm = () => Promise.all(Array.from({ length: 100 }, () => desk.send("paystack", webhook)));
  expect(await desk.gained(storm)).toBe(50_000n);
  expect(await desk.events({ topUpId: id })).toMatchObject([{ state: "APPLIED", kind: "charge.success" }]);
});

test("one payment that is told by many events at once, and found by asking besides, credits once", async () => {
  const { id, reference } = await desk.start({ provider: "STRIPE" });
  const { rawBody } = desk.stripe.pay(reference);
  const { object } = JSON.parse(Buffer.from(rawBody).toString()).data;
  const tell = () =>
    desk.send("stripe", desk.stripe.provider.webhook("checkout.session.async_payment_succeeded", object));
  const ask = () =>
    desk.change("reconcileTopUp", { topUpId: id, idempotencyKey: randomUUID() }, desk.caller(tree.reseller));
  expect(await desk.gained(() => Promise.all([...Array.from({ length: 30 }, tell), ask()]))).toBe(50_000n);
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("a second payment of the same top-up is not credited: somebody has to give it back", async () => {
  const { id, reference } = await desk.start();
  await desk.send("paystack", desk.paystack.pay(reference));
  const data = { id: 1, reference: `${reference}-2`, amount: 50_000, currency: "ZAR", status: "success" };
  const second = () => desk.send("paystack", desk.paystack.provider.webhook("charge.success", data));
  expect(await desk.gained(second)).toBe(0n);
  expect(await desk.events({ topUpId: id, state: ["REFUSED"] })).toMatchObject([
    { problem: expect.stringContaining("paid twice") },
  ]);
});

test.each([
  [["fail", "pay"], 50_000n, "SUCCEEDED"],
  [["pay", "fail"], 50_000n, "SUCCEEDED"],
  [["pay", "fail", "pay"], 50_000n, "SUCCEEDED"],
  [["fail"], 0n, "FAILED"],
] as const)("%j comes to one credit at most", async (order, money, state) => {
  const { id, reference } = await desk.start();
  const all = async () => {
    for (const what of order) expect(await desk.send("paystack", desk.paystack[what](reference))).toBe(200);
  };
  expect(await desk.gained(all)).toBe(money);
  expect(await desk.stateOf(id)).toBe(state);
});

test("a late word that a payment is pending takes nothing back", async () => {
  const { id, reference } = await desk.start({ provider: "STRIPE" });
  const late = desk.stripe.provider.become(reference, "checkout.session.completed", { status: "complete" });
  await desk.send("stripe", desk.stripe.pay(reference));
  expect(await desk.gained(() => desk.send("stripe", late))).toBe(0n);
  expect(await desk.stateOf(id)).toBe("SUCCEEDED");
});

test.each([
  { minorUnits: 50_001n, currency: "ZAR" as const },
  { minorUnits: 1n, currency: "ZAR" as const },
  { minorUnits: 50_000n, currency: "USD" as const },
])("a success over $currency $minorUnits credits nothing and raises an incident", async (amount) => {
  const { id, reference } = await desk.start();
  const before = (await desk.records("security:paymentRefused")).length;
  expect(await desk.gained(() => desk.send("paystack", desk.paystack.pay(reference, amount)))).toBe(0n);
  expect(await desk.stateOf(id)).toBe("PENDING");
  expect(await desk.events({ topUpId: id })).toMatchObject([
    { state: "REFUSED", problem: expect.stringContaining("asked for") },
  ]);
  expect(await desk.records("security:paymentRefused")).toHaveLength(before + 1);
});

test("a forged webhook moves nothing, is refused and leaves a record, however often it comes", async () => {
  const { id, reference } = await desk.start();
  const forged = desk.paystack.forge(desk.paystack.pay(reference));
  const before = (await desk.records("security:webhookRefused")).length;
  const statuses = await Promise.all(Array.from({ length: 30 }, () => desk.send("paystack", forged)));
  expect(new Set(statuses)).toEqual(new Set([400]));
  expect(await desk.stateOf(id)).toBe("PENDING");
  expect(await desk.records("security:webhookRefused")).toHaveLength(before + 1);
});

test("a payment is resumed with the step that it has; starting it again by the same key makes no second one", async () => {
  const idempotencyKey = randomUUID();
  const first = await desk.start({ idempotencyKey });
  expect(await desk.start({ idempotencyKey })).toEqual(first);
  expect(await desk.change("payTopUp", { topUpId: first.id, idempotencyKey: randomUUID() })).toEqual(first);
});

test("two who begin at once go to the provider once, and are one entry of the trail", async () => {
  // More than one pair: they must meet in the very moment in which the key is written.
  for (let pair = 0; pair < 10; pair += 1) {
    const idempotencyKey = randomUUID();
    const begun = await Promise.all([desk.start({ idempotencyKey }), desk.start({ idempotencyKey })]);
    const { reference, step } = await desk.start({ idempotencyKey });
    expect(begun).toMatchObject([{ reference }, { reference }]);
    expect(step).not.toBeNull();
  }
});

test("a provider that is away costs nothing: the payment is taken up when it is there again", async () => {
  desk.paystack.server.answerWith({ status: 503, contentType: "text/plain", body: "" });
  const idempotencyKey = randomUUID();
  expect(await desk.start({ idempotencyKey })).toMatchObject({ __typename: "ProviderProblem", code: "UNAVAILABLE" });
  desk.paystack.server.answerWith(null);
  expect(await desk.start({ idempotencyKey })).toMatchObject({ state: "PENDING", step: { url: expect.any(String) } });
});

test("what a provider forgot to tell is found by asking", async () => {
  const { id, reference } = await desk.start();
  desk.paystack.pay(reference); // no webhook is sent
  const input = { topUpId: id, idempotencyKey: randomUUID() };
  expect(await desk.gained(() => desk.change("reconcileTopUp", input, desk.caller(tree.reseller)))).toBe(50_000n);
  expect(await desk.stateOf(id)).toBe("SUCCEEDED");
});

test("the job finds what was paid although it had failed before, and goes on past a provider that is away", async () => {
  const [failed, away] = await Promise.all([desk.start(), desk.start({ provider: "STRIPE" })]);
  await desk.send("paystack", desk.paystack.fail(failed.reference));
  desk.paystack.pay(failed.reference); // no webhook is sent
  desk.time = new Date(NOW.getTime() + 11 * 60_000);
  desk.stripe.server.answerWith({ status: 503, contentType: "text/plain", body: "" });
  await desk.billing.subgraph.runJob("ask-payment-providers");
  desk.stripe.server.answerWith(null);
  expect([await desk.stateOf(failed.id), await desk.stateOf(away.id)]).toEqual(["SUCCEEDED", "PENDING"]);
});

test("a success after a day, or after giving up, still counts", async () => {
  const [late, left] = await Promise.all([desk.start(), desk.start()]);
  await desk.change("cancelTopUp", { topUpId: left.id, idempotencyKey: randomUUID() });
  desk.time = new Date(NOW.getTime() + 86_400_001);
  await system(desk.billing.subgraph, (tx) => expireTopUps(tx, desk.time));
  expect([await desk.stateOf(late.id), await desk.stateOf(left.id)]).toEqual(["EXPIRED", "CANCELLED"]);
  const both = async () => {
    for (const { reference } of [late, left]) await desk.send("paystack", desk.paystack.pay(reference));
  };
  expect(await desk.gained(both)).toBe(100_000n);
});

test("what could not be applied is kept, and replayed when it can be", async () => {
  const { id, reference } = await desk.start({ provider: "STRIPE" });
  const webhook = desk.stripe.pay(reference);
  const { id: walletId, posted } = await desk.wallet();
  const alter = (words: string) => asAdministrator(desk.billing.databaseUrl, `alter table wallet ${words}`);
  await alter(`add constraint broken check (id <> '${walletId}' or posted = ${posted})`);
  expect(await desk.send("stripe", webhook)).toBe(500);
  await alter("drop constraint broken");
  const failed = (await desk.events({ state: ["FAILED"] }))[0];
  const input = { providerEventIds: [failed?.id], idempotencyKey: randomUUID() };
  const document = `mutation ($input: ReplayProviderEventsInput!) { replayProviderEvents(input: $input) {
    ... on ProviderEventsReplayed { count } } }`;
  expect(await desk.gained(() => desk.billing.execute(document, { input }, desk.caller(tree.operator)))).toBe(50_000n);
  expect(await desk.stateOf(id)).toBe("SUCCEEDED");
});

test("what fails again and again is tried again after all others", async () => {
  const [first, second] = [await desk.start({ provider: "STRIPE" }), await desk.start({ provider: "STRIPE" })];
  const { id: walletId, posted } = await desk.wallet();
  const alter = (words: string) => asAdministrator(desk.billing.databaseUrl, `alter table wallet ${words}`);
  await alter(`add constraint broken check (id <> '${walletId}' or posted = ${posted})`);
  const atMinute = (minute: number) => {
    desk.time = new Date(NOW.getTime() + minute * 60_000);
  };
  const [old, young] = [desk.stripe.pay(first.reference), desk.stripe.pay(second.reference)];
  for (const [minute, webhook] of [old, young, old].entries()) {
    atMinute(minute);
    expect(await desk.send("stripe", webhook)).toBe(500);
  }
  await alter("drop constraint broken");
  atMinute(20);
  // Newest first, which is the one that failed longest ago.
  const failed = (await desk.events({ state: ["FAILED"] })).map((event) => event.id);
  expect(await system(desk.billing.subgraph, (tx) => openEvents(tx, desk.time))).toEqual(failed);
  expect(failed).toHaveLength(2);
  await desk.billing.subgraph.runJob("ask-payment-providers");
  expect([await desk.stateOf(first.id), await desk.stateOf(second.id)]).toEqual(["SUCCEEDED", "SUCCEEDED"]);
});

test("coming back to us credits nothing and leads on to where one was", async () => {
  const { id } = await desk.start({ returnUrl: "https://tollgate.example/order?a=1&b=2" });
  const route = desk.billing.subgraph.routes.find(
    ({ path, method }) => path === "/payments/return" && method === "POST",
  );
  const lead = async (topUp: string) => {
    const query = new URLSearchParams({ topUp, status: "success" });
    const rest = { headers: {}, rawBody: new Uint8Array(), address: "127.0.0.1" };
    return String((await route?.handle({ method: "POST", path: "/payments/return", query, ...rest }))?.body);
  };
  expect(await desk.gained(() => lead(id))).toBe(0n);
  expect(await lead(id)).toContain(`url=/order?a=1&amp;b=2&amp;topUp=${id}"`);
  expect(await lead('"><script>')).toContain('url=/wallet"');
  expect(await desk.start({ returnUrl: "https://evil.example/" })).toMatchObject({ code: "INVALID_INPUT" });
});

test("only providers that have their keys and take the currency are offered", async () => {
  const { id: walletId } = await desk.wallet();
  const document = "query ($walletId: ID!) { topUpOptions(walletId: $walletId) { provider } }";
  const { data } = await desk.billing.execute(document, { walletId }, desk.caller());
  expect(data).toEqual({ topUpOptions: [{ provider: "PAYSTACK" }, { provider: "STRIPE" }, { provider: "MANUAL" }] });
  expect(await desk.start({ provider: "PAYGATE" })).toMatchObject({ __typename: "ProviderProblem" });
});
