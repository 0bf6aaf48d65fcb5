import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { system } from "../testing/arrange.js";
import { PaymentDesk } from "../testing/payments.js";

const tree = testTree();
let desk: PaymentDesk;

beforeAll(async () => {
  desk = await PaymentDesk.open(inject("postgresUrl"), tree);
});
afterAll(() => desk.close());

/** What billing tells of a top-up, oldest first. */
const told = (topUpId: string, type = "topUp.changed") =>
  system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ payload: Record<string, string> }[]>`
      select payload from outbox where type = ${type} and aggregate_id = ${topUpId} order by aggregate_version`,
  );
const states = async (topUpId: string) => (await told(topUpId)).map(({ payload }) => payload["state"]);

test("people hear of a payment that failed, and of its success after all", async () => {
  const { id, reference } = await desk.start({ provider: "STRIPE" });
  await desk.send("stripe", desk.stripe.fail(reference));
  await desk.send("stripe", desk.stripe.pay(reference));
  expect(await states(id)).toEqual(["FAILED", "SUCCEEDED"]);
});

test("they hear of one that nobody paid in time", async () => {
  const { id } = await desk.start({ provider: "STRIPE" });
  const before = desk.time;
  desk.time = new Date(before.getTime() + 25 * 3_600_000);
  await desk.billing.subgraph.runJob("expire-top-ups");
  await desk.billing.subgraph.runJob("expire-top-ups");
  desk.time = before;
  expect(await states(id)).toEqual(["EXPIRED"]);
});

test("they hear how much went back, and why", async () => {
  const { id } = await desk.paid();
  const amount = { minorUnits: "12000", currency: "ZAR" };
  const input = { topUpId: id, amount, reason: "Paid too much", idempotencyKey: randomUUID() };
  await desk.change("refundTopUp", input, desk.caller(tree.reseller));
  const [, refunded] = await told(id);
  expect(refunded?.payload).toMatchObject({ state: "REFUNDED", reason: "Paid too much" });
  expect(refunded?.payload["amount"]).toMatch(/120,00$/);
});

test("the operator hears of a payment that is not what was asked for, once however often it is told", async () => {
  const { id, reference } = await desk.start({ provider: "STRIPE" });
  const less = { minorUnits: 100n, currency: "ZAR" } as const;
  const gained = await desk.gained(async () => {
    for (const _ of [1, 2, 3]) await desk.send("stripe", desk.stripe.pay(reference, less));
  });
  expect(gained).toBe(0n);
  const incidents = await told(id, "payment.refused");
  expect(incidents).toHaveLength(1);
  expect(incidents[0]?.payload).toMatchObject({ provider: "STRIPE", reference, organisationId: tree.customer });
  expect(await states(id)).toEqual([]);
});
