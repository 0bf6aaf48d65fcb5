import { type Currency, type Money, newEventId, type Tx } from "@tollgate/kit";
import { fraction, lesser, rounded } from "../prices/fraction.js";
import { CouponFault } from "./coupon.problems.js";
import type { CouponUse } from "./coupon.schema.js";

export interface CouponQuestion {
  /** As somebody typed it. */
  code: string;
  use: CouponUse;
  /** Who would use it. */
  organisationId: string;
  /** Of the top-up, or of the charge before tax. */
  amount: Money;
  at: Date;
}

/** A coupon as it would apply to an amount. */
export interface CouponOffer {
  couponId: string;
  code: string;
  /** What it takes off a charge, or adds to a top-up. */
  discount: Money;
  endsAt: Date | null;
}

/** A coupon as `coupons_for` tells it. */
interface FoundCoupon {
  id: string;
  code: string;
  uses: CouponUse[];
  basis_points: number | null;
  amount: bigint | null;
  currency: Currency | null;
  minimum: bigint | null;
  max_redemptions: number | null;
  max_per_organisation: number | null;
  redemptions: number;
  starts_at: string;
  ends_at: string | null;
  used: bigint;
}

export const LONGEST_CODE = 40;

/** Codes are told by word of mouth: case and blanks around them make no difference. */
export const codeOf = (typed: string): string => typed.trim().toUpperCase();

const isUsable = (coupon: FoundCoupon, { use, amount, at }: CouponQuestion): boolean => {
  const { uses, currency, minimum, starts_at: startsAt, ends_at: endsAt } = coupon;
  const { max_redemptions: most, max_per_organisation: mostHere } = coupon;
  return (
    uses.includes(use) &&
    new Date(startsAt) <= at &&
    (endsAt === null || new Date(endsAt) > at) &&
    (currency === null || currency === amount.currency) &&
    (minimum === null || amount.minorUnits >= minimum) &&
    (most === null || coupon.redemptions < most) &&
    (mostHere === null || coupon.used < BigInt(mostHere))
  );
};

/** A charge is taken off at most; a top-up may be added to by more than itself. */
const discountOf = ({ basis_points: basisPoints, amount: fixed }: FoundCoupon, { use, amount }: CouponQuestion) => {
  const { minorUnits, currency } = amount;
  const given = fixed ?? rounded(fraction(minorUnits * BigInt(basisPoints ?? 0), 10_000n));
  return { minorUnits: use === "TOP_UP" ? given : lesser(given, minorUnits), currency };
};

/**
 * The coupon behind a code as it would apply; of several issuers above the nearest one's that can be used. Null where
 * none can: unknown, not begun, over, used up, not for this, or not for so little. Nobody is told which.
 */
export const couponFor = async (tx: Tx, question: CouponQuestion): Promise<CouponOffer | null> => {
  const code = codeOf(question.code);
  if (code === "" || code.length > LONGEST_CODE || question.amount.minorUnits <= 0n) return null;
  const found = await tx.sql<FoundCoupon[]>`select * from coupons_for(${question.organisationId}, ${code})`;
  const usable = found.find((coupon) => isUsable(coupon, question));
  if (!usable) return null;
  const endsAt = usable.ends_at === null ? null : new Date(usable.ends_at);
  return { couponId: usable.id, code: usable.code, discount: discountOf(usable, question), endsAt };
};

/** One use of a coupon. */
export interface Redemption extends CouponOffer {
  redemptionId: string;
}

/**
 * Uses a coupon for a top-up or service subscription (`usedForId`, its id), once for each, and never more often than it
 * allows, whoever else does at this moment. Locks the coupon until the transaction ends: call it before wallets are
 * locked. What becomes of the transaction becomes of the use.
 * @throws CouponFault where it cannot be used.
 */
export const redeemCoupon = async (tx: Tx, question: CouponQuestion & { usedForId: string }): Promise<Redemption> => {
  const { use, organisationId, usedForId, at } = question;
  const known = await redemptionOf(tx, question);
  if (known) return known;
  const offer = await couponFor(tx, question);
  if (!offer) throw new CouponFault(question.code);
  const { couponId, discount } = offer;
  const [row] = await tx.sql<{ redemption_id: string | null }[]>`
    select redeem_coupon(${newEventId()}, ${couponId}, ${organisationId}, ${use}, ${usedForId},
      ${discount.minorUnits.toString()}, ${discount.currency}, ${at.toISOString()}) as redemption_id`;
  if (!row?.redemption_id) throw new CouponFault(question.code);
  return { ...offer, redemptionId: row.redemption_id };
};

/** What was redeemed for this before under the same code, and counts. */
const redemptionOf = async (
  tx: Tx,
  { organisationId, usedForId, ...question }: CouponQuestion & { usedForId: string },
): Promise<Redemption | null> => {
  const [row] = await tx.sql<
    { id: string; coupon_id: string; discount: bigint; currency: Currency; ends_at: string | null }[]
  >`
    select r.id, r.coupon_id, r.discount, r.currency, c.ends_at from coupon_redemption r
      join coupons_for(${organisationId}, ${codeOf(question.code)}) c on c.id = r.coupon_id
     where r.organisation_id = ${organisationId} and r.used_for_id = ${usedForId} and r.released_at is null`;
  if (!row) return null;
  return {
    redemptionId: row.id,
    couponId: row.coupon_id,
    code: codeOf(question.code),
    discount: { minorUnits: row.discount, currency: row.currency },
    endsAt: row.ends_at === null ? null : new Date(row.ends_at),
  };
};

/** What used a coupon failed: it counts no more. @returns false, and does nothing, where it did not count before. */
export const releaseCoupon = async (tx: Tx, redemptionId: string, at: Date): Promise<boolean> => {
  const [row] = await tx.sql<{ released: boolean }[]>`
    select release_coupon(${redemptionId}, ${at.toISOString()}) as released`;
  return row?.released ?? false;
};
