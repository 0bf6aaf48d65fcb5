import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { WebhookRequest } from "./provider.js";
import { simulateMidtrans } from "./testing/midtrans-server.js";
import { simulatePayGate } from "./testing/paygate-server.js";
import { Payments } from "./testing/payments.js";
import { simulatePaystack } from "./testing/paystack-server.js";
import type { Simulation } from "./testing/simulation.js";
import { simulateStripe } from "./testing/stripe-server.js";

/** What providers, networks and strangers do to webhooks, tried with every provider that there is. */
const SIMULATIONS: [string, () => Promise<Simulation>][] = [
  ["Paystack", simulatePaystack],
  ["PayGate", simulatePayGate],
  ["Midtrans", simulateMidtrans],
  ["Stripe", simulateStripe],
];

describe.each(SIMULATIONS)("webhooks of %s", (_, simulate) => {
  let payments: Payments;
  let before: bigint;

  beforeAll(async () => {
    payments = await Payments.start(inject("postgresUrl"), simulate);
  });
  beforeEach(async () => {
    payments.simulation.server.answerWith(null);
    before = (await payments.wallet()).posted;
  });
  afterAll(() => payments.stop());

  const pay = (reference: string, minorUnits = payments.amount.minorUnits): WebhookRequest =>
    payments.simulation.pay(reference, { ...payments.amount, minorUnits });
  const gained = async (): Promise<bigint> => (await payments.wallet()).posted - before;

  it("credit a payment, and are answered exactly OK", async () => {
    const { id, reference } = await payments.begin();
    expect(await payments.deliver(pay(reference))).toEqual({ status: 200, body: "OK" });
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED" });
    expect(await gained()).toBe(payments.amount.minorUnits);
  });

  it("credit once when a hundred come at the same time, and again tomorrow", async () => {
    const { id, reference } = await payments.begin();
    const webhook = pay(reference);
    const answers = await Promise.all(Array.from({ length: 100 }, () => payments.deliver(webhook)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    payments.time = new Date(payments.time.getTime() + 86_400_000);
    await payments.deliver(webhook);
    expect(await gained()).toBe(payments.amount.minorUnits);
    expect(await payments.events(id)).toMatchObject([{ state: "APPLIED" }]);
  });

  it("change nothing when somebody without the key has signed them, and leave a record", async () => {
    const { id, reference } = await payments.begin();
    const genuine = pay(reference);
    const forged = payments.simulation.forge(genuine);
    expect(await payments.deliver(forged)).toMatchObject({ status: 400 });
    expect(await payments.topUp(id)).toMatchObject({ state: "PENDING" });
    expect(await gained()).toBe(0n);
    await payments.recorded("security:webhookRefused");
    await payments.deliver(genuine);
    expect(await gained()).toBe(payments.amount.minorUnits);
  });

  it("credit once whatever contradicts them, in any order", async () => {
    const { id, reference } = await payments.begin();
    const failed = payments.simulation.fail(reference);
    await payments.deliver(failed);
    expect(await gained()).toBe(0n);
    const paid = pay(reference);
    for (const webhook of [paid, failed, paid]) await payments.deliver(webhook);
    await Promise.all([failed, paid, failed, paid].map((webhook) => payments.deliver(webhook)));
    payments.simulation.fail(reference);
    await payments.deliver(failed);
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED" });
    expect(await gained()).toBe(payments.amount.minorUnits);
  });

  it.each([-100n, 100n])("credit nothing for another amount (%s more), and raise an incident", async (more) => {
    const { id, reference } = await payments.begin();
    payments.records.length = 0;
    await payments.deliver(pay(reference, payments.amount.minorUnits + more));
    expect(await gained()).toBe(0n);
    expect(await payments.topUp(id)).toMatchObject({ state: "PENDING", entryId: null });
    expect(await payments.events(id)).toMatchObject([{ state: "REFUSED" }]);
    await payments.recorded("security:paymentRefused");
  });

  it("credit nothing for another currency, and raise an incident", async () => {
    const { id, reference } = await payments.begin();
    payments.records.length = 0;
    await payments.deliver(payments.simulation.pay(reference, { ...payments.amount, currency: "USD" }));
    expect(await gained()).toBe(0n);
    expect(await payments.events(id)).toMatchObject([{ state: "REFUSED" }]);
    await payments.recorded("security:paymentRefused");
  });

  it("credit a payment that comes after the top-up has expired", async () => {
    const { id, reference } = await payments.begin();
    payments.time = new Date(payments.time.getTime() + 25 * 3_600_000);
    await payments.runJob("expire-top-ups");
    expect(await payments.topUp(id)).toMatchObject({ state: "EXPIRED" });
    await payments.deliver(pay(reference));
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED" });
    expect(await gained()).toBe(payments.amount.minorUnits);
  });

  it("are not needed: a payment that nobody told of is found by asking", async () => {
    const { id, reference } = await payments.begin();
    pay(reference);
    payments.time = new Date(payments.time.getTime() + 3_600_000);
    await payments.runJob("ask-payment-providers");
    expect(await payments.topUp(id)).toMatchObject({ state: "SUCCEEDED" });
    expect(await gained()).toBe(payments.amount.minorUnits);
  });

  it("leave a ledger that keeps its laws", async () => {
    expect(await payments.verify()).toMatchObject({ intact: true });
  });
});
