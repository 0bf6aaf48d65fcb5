import { randomUUID } from "node:crypto";
import { callerOf } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { system } from "../testing/arrange.js";
import { OfferDesk } from "../testing/offers.js";
import { type CouponQuestion, couponFor, redeemCoupon, releaseCoupon } from "./redeeming.js";

const tree = testTree();
let desk: OfferDesk;

beforeAll(async () => {
  desk = await OfferDesk.open(inject("postgresUrl"), tree);
});

afterAll(() => desk.close());

const questionOf = (code: string, organisationId: string): CouponQuestion => ({
  code,
  use: "TOP_UP",
  organisationId,
  amount: { minorUnits: 10_000n, currency: "ZAR" },
  at: desk.clock.now(),
});

const redeem = (code: string, organisationId: string = tree.customer, usedForId: string = randomUUID()) =>
  system(desk.billing.subgraph, (tx) => redeemCoupon(tx, { ...questionOf(code, organisationId), usedForId }));

/** How often it is used by its own count, and by its uses. */
const countsOf = (code: string) =>
  system(desk.billing.subgraph, async (tx) => {
    const [row] = await tx.sql<{ redemptions: number; uses: bigint }[]>`
      select c.redemptions, (select count(*) from coupon_redemption r where r.coupon_id = c.id and r.released_at is null)
        as uses from coupon c where c.code = ${code}`;
    return row;
  });

test("of 32 at once as many use a coupon as it allows, in all and of each organisation, and the others are told", async () => {
  const { code } = await desk.coupon({ maxRedemptions: 9, maxPerOrganisation: 6 });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 32 }, (_, n) => redeem(code, n % 4 === 0 ? tree.sibling : tree.customer)),
  );
  const refused = outcomes.filter((one) => one.status === "rejected");
  for (const { reason } of refused) expect(reason).toMatchObject({ name: "Fault", code: "INVALID_INPUT" });
  const used = outcomes.length - refused.length;
  expect(used).toBe(9);
  expect(await countsOf(code)).toEqual({ redemptions: 9, uses: 9n });
  const [mostOf] = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ uses: bigint }[]>`
      select count(*) as uses from coupon_redemption r join coupon c on c.id = r.coupon_id
       where c.code = ${code} group by r.organisation_id order by 1 desc`,
  );
  expect(mostOf?.uses).toBeLessThanOrEqual(6n);
});

test("for the same top-up it is one use, however often it is asked for, also at once", async () => {
  const { code } = await desk.coupon({ maxRedemptions: 5 });
  const usedForId = randomUUID();
  const redeemed = await Promise.all(Array.from({ length: 16 }, () => redeem(code, tree.customer, usedForId)));
  expect(new Set(redeemed.map(({ redemptionId }) => redemptionId)).size).toBe(1);
  expect(redeemed[0]?.discount).toEqual({ minorUnits: 1_000n, currency: "ZAR" });
  expect(await countsOf(code)).toEqual({ redemptions: 1, uses: 1n });
});

test("what is given back can be used again, once, and by what gave it back as well", async () => {
  const { code } = await desk.coupon({ maxRedemptions: 1 });
  const usedForId = randomUUID();
  const { redemptionId } = await redeem(code, tree.customer, usedForId);
  await expect(redeem(code)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const release = () => system(desk.billing.subgraph, (tx) => releaseCoupon(tx, redemptionId, desk.clock.now()));
  const released = await Promise.all(Array.from({ length: 8 }, release));
  expect(released.filter(Boolean)).toHaveLength(1);
  expect(await countsOf(code)).toEqual({ redemptions: 0, uses: 0n });
  expect((await redeem(code, tree.customer, usedForId)).redemptionId).toBe(redemptionId);
  expect(await countsOf(code)).toEqual({ redemptions: 1, uses: 1n });
});

test("a use is undone with what failed in its transaction", async () => {
  const { code } = await desk.coupon();
  const failing = system(desk.billing.subgraph, async (tx) => {
    await redeemCoupon(tx, { ...questionOf(code, tree.customer), usedForId: randomUUID() });
    throw new Error("what it was for failed");
  });
  await expect(failing).rejects.toThrow("what it was for failed");
  expect(await countsOf(code)).toEqual({ redemptions: 0, uses: 0n });
});

test("nobody finds or uses a coupon for an organisation beyond his estate", async () => {
  const { code } = await desk.coupon();
  const as = callerOf(desk.caller(tree.otherReseller));
  const { database } = desk.billing.subgraph;
  expect(await database.read(as, (tx) => couponFor(tx, questionOf(code, tree.customer)))).toBeNull();
  const [coupon] = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ id: string }[]>`select id from coupon where code = ${code}`,
  );
  const attempt = await database.write(as, async (tx) => {
    const [row] = await tx.sql<{ id: string | null }[]>`
      select redeem_coupon(${randomUUID()}, ${coupon?.id ?? null}, ${tree.customer}, 'TOP_UP', ${randomUUID()}, 1, 'ZAR',
        ${desk.clock.now().toISOString()}) as id`;
    return row?.id;
  });
  expect(attempt).toBeNull();
});

test("the database itself refuses more uses than a coupon allows", async () => {
  const { code } = await desk.coupon({ maxRedemptions: 1 });
  const attempt = system(desk.billing.subgraph, (tx) => tx.sql`update coupon set redemptions = 2 where code = ${code}`);
  await expect(attempt).rejects.toThrow();
});
