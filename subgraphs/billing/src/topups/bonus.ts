import type { Tx } from "@tollgate/kit";
import { and, eq, isNull } from "drizzle-orm";
import { CouponFault } from "../offers/coupon.problems.js";
import { couponRedemption } from "../offers/coupon.schema.js";
import { redeemCoupon, releaseCoupon } from "../offers/redeeming.js";
import { fraction, rounded } from "../prices/fraction.js";
import type { TopUpRow } from "./topup.schema.js";
import { writeTopUp } from "./writing.js";

/** What a coupon is used for, before or after there is a row of it. */
type Payment = Pick<TopUpRow, "id" | "organisationId" | "amount" | "currency">;

/**
 * Uses a coupon for a top-up: what it adds is promised for as long as the payment is waited for. Called before the wallet
 * is locked, as coupons are locked first.
 * @returns minor units. @throws CouponFault where it cannot be used.
 */
export const promiseBonus = async (tx: Tx, payment: Payment, code: string, at: Date): Promise<bigint> => {
  const { id: usedForId, organisationId, amount: minorUnits, currency } = payment;
  const question = { code, use: "TOP_UP", organisationId, amount: { minorUnits, currency }, at } as const;
  return (await redeemCoupon(tx, { ...question, usedForId })).discount.minorUnits;
};

/** The payment came to nothing: its coupon can be used for another. The top-up is locked. */
export const releaseBonus = async (tx: Tx, { id, couponCode }: TopUpRow, at: Date): Promise<void> => {
  if (couponCode === null) return;
  const counts = and(eq(couponRedemption.usedForId, id), isNull(couponRedemption.releasedAt));
  const [redemption] = await tx.db.select({ id: couponRedemption.id }).from(couponRedemption).where(counts);
  if (redemption) await releaseCoupon(tx, redemption.id, at);
  await writeTopUp(tx, id, { bonus: 0n });
};

/**
 * What a coupon adds to a payment that has come. One that comes after its top-up had ended gets it where the coupon still
 * can be used, else none.
 */
export const bonusToCredit = async (tx: Tx, row: TopUpRow, at: Date): Promise<bigint> => {
  if (row.bonus > 0n || row.couponCode === null) return row.bonus;
  try {
    return await promiseBonus(tx, row, row.couponCode, at);
  } catch (error) {
    if (error instanceof CouponFault) return 0n;
    throw error;
  }
};

/**
 * How much of the bonus is gone when so much of the payment went back: in proportion, and all of it with the last cent.
 * @param returned minor units of the payment, in all.
 */
export const bonusGone = ({ bonus, amount }: TopUpRow, returned: bigint): bigint =>
  rounded(fraction(bonus * returned, amount));
