import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { verifyLedger } from "../ledger/verify.js";
import { coupon } from "../offers/coupon.schema.js";
import { system } from "../testing/arrange.js";
import { PaymentDesk } from "../testing/payments.js";

const tree = testTree();
const START = new Date("2026-05-04T09:00:00Z");
let desk: PaymentDesk;

beforeAll(async () => {
  desk = await PaymentDesk.open(inject("postgresUrl"), tree);
});
beforeEach(() => {
  desk.time = START;
});
afterAll(() => desk.close());

/** A coupon of the reseller's: a tenth, unless said otherwise. @returns its code. */
const issue = async (rest: Partial<typeof coupon.$inferInsert> = {}): Promise<string> => {
  const code = `C${randomUUID().slice(0, 8).toUpperCase()}`;
  const made = { organisationId: tree.reseller, code, uses: ["TOP_UP" as const], basisPoints: 1_000 };
  const times = { startsAt: new Date("2026-01-01T00:00:00Z"), createdAt: START };
  await system(desk.billing.subgraph, (tx) => tx.db.insert(coupon).values({ ...made, ...times, ...rest }));
  return code;
};

const uses = async (code: string): Promise<number> => {
  const [row] = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ redemptions: number }[]>`select redemptions from coupon where code = ${code}`,
  );
  return row?.redemptions ?? -1;
};

const pay = (reference: string) => desk.send("stripe", desk.stripe.pay(reference));
const promotions = async (topUpId: string): Promise<bigint> => {
  const [row] = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ sum: bigint }[]>`
      select coalesce(sum(p.amount), 0)::bigint as sum from posting p join entry e on e.id = p.entry_id
       where e.reason_id = ${topUpId} and p.account = 'PROMOTIONS'`,
  );
  return row?.sum ?? 0n;
};
const findings = async () => (await system(desk.billing.subgraph, verifyLedger)).findings;

test("a coupon's bonus is promised when the top-up starts and credited with it, once, from promotions", async () => {
  const couponCode = (await issue()).toLowerCase();
  const started = await desk.start({ provider: "STRIPE", couponCode });
  expect(started.bonus).toEqual({ minorUnits: "5000" });
  const gained = await desk.gained(async () => {
    const webhook = desk.stripe.pay(started.reference);
    await Promise.all(Array.from({ length: 20 }, () => desk.send("stripe", webhook)));
  });
  expect(gained).toBe(55_000n);
  expect(await promotions(started.id)).toBe(-5_000n);
  expect(await findings()).toEqual([]);
});

test("one that cannot be used starts no top-up", async () => {
  const spent = await issue({ maxRedemptions: 1 });
  expect((await desk.start({ couponCode: spent })).__typename).toBe("TopUp");
  expect((await desk.start({ couponCode: spent })).__typename).toBe("CouponProblem");
  expect((await desk.start({ couponCode: "NOBODYS" })).__typename).toBe("CouponProblem");
  const dear = await issue({ minimum: 100_000n, currency: "ZAR" });
  expect((await desk.start({ couponCode: dear })).__typename).toBe("CouponProblem");
});

test("of twenty who start at once, no more get it than it allows", async () => {
  const couponCode = await issue({ maxRedemptions: 3 });
  const started = await Promise.all(Array.from({ length: 20 }, () => desk.start({ couponCode })));
  expect(started.filter(({ __typename }) => __typename === "TopUp")).toHaveLength(3);
  expect(await uses(couponCode)).toBe(3);
});

test("a payment that comes to nothing gives the use back: failed, cancelled or too late", async () => {
  const couponCode = await issue();
  const failed = await desk.start({ provider: "STRIPE", couponCode });
  await desk.send("stripe", desk.stripe.fail(failed.reference));
  const cancelled = await desk.start({ provider: "STRIPE", couponCode });
  await desk.change("cancelTopUp", { topUpId: cancelled.id, idempotencyKey: randomUUID() });
  const late = await desk.start({ provider: "STRIPE", couponCode });
  expect(await uses(couponCode)).toBe(1);
  desk.time = new Date(START.getTime() + 25 * 3_600_000);
  await desk.billing.subgraph.runJob("expire-top-ups");
  expect(await desk.stateOf(late.id)).toBe("EXPIRED");
  expect(await uses(couponCode)).toBe(0);
});

test("a use whose bonus rounds to nothing is given back as any other", async () => {
  const couponCode = await issue({ basisPoints: 1 });
  const amount = { minorUnits: "5000", currency: "ZAR" };
  const { id: topUpId } = await desk.start({ provider: "STRIPE", couponCode, amount });
  expect(await uses(couponCode)).toBe(1);
  await desk.change("cancelTopUp", { topUpId, idempotencyKey: randomUUID() });
  expect(await uses(couponCode)).toBe(0);
});

test("a success after it had failed gets the bonus where the coupon still allows it, else none", async () => {
  const couponCode = await issue({ maxRedemptions: 1 });
  const first = await desk.start({ provider: "STRIPE", couponCode });
  await desk.send("stripe", desk.stripe.fail(first.reference));
  const second = await desk.start({ provider: "STRIPE", couponCode });
  expect(await desk.gained(() => pay(first.reference))).toBe(50_000n);
  await desk.change("cancelTopUp", { topUpId: second.id, idempotencyKey: randomUUID() });
  expect(await desk.gained(() => pay(second.reference))).toBe(55_000n);
  expect(await uses(couponCode)).toBe(1);
});

test("a refund takes the bonus back in proportion, all of it with the last cent", async () => {
  const couponCode = await issue({ basisPoints: 333 });
  const { id, reference } = await desk.start({ provider: "STRIPE", couponCode });
  await pay(reference);
  const refund = (minorUnits: string | null) => {
    const amount = minorUnits === null ? null : { minorUnits, currency: "ZAR" };
    const input = { topUpId: id, amount, reason: "Too much", idempotencyKey: randomUUID() };
    return desk.change("refundTopUp", input, desk.caller(tree.reseller));
  };
  // A third of R500.00, of whose 1,665 cents of bonus a third is 555.
  expect(await desk.gained(() => refund("16667"))).toBe(-16_667n - 555n);
  expect(await desk.gained(() => refund(null))).toBe(-33_333n - 1_110n);
  expect(await promotions(id)).toBe(0n);
  expect(await desk.stateOf(id)).toBe("REFUNDED");
  expect(await findings()).toEqual([]);
});

test("a chargeback takes it back as well, and gives it again when the bank does", async () => {
  const { id, reference } = await desk.start({ provider: "STRIPE", couponCode: await issue() });
  const webhook = desk.stripe.pay(reference);
  await desk.send("stripe", webhook);
  const { payment_intent } = JSON.parse(Buffer.from(webhook.rawBody).toString()).data.object;
  const dispute = { id: `dp_${randomUUID()}`, payment_intent, amount: 50_000, currency: "zar" };
  const tell = (kind: string) => desk.send("stripe", desk.stripe.provider.webhook(kind, dispute));
  expect(await desk.gained(() => tell("charge.dispute.funds_withdrawn"))).toBe(-55_000n);
  expect(await promotions(id)).toBe(0n);
  expect(await desk.gained(() => tell("charge.dispute.funds_reinstated"))).toBe(55_000n);
  expect(await findings()).toEqual([]);
});
