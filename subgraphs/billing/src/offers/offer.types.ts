import type { Money as Amount } from "@tollgate/kit";
import {
  ConflictProblem,
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  Int,
  InvalidInputProblem,
  Money,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";
import { COUPON_USES, type CouponRow, type CouponUse as Use } from "./coupon.schema.js";
import { offerStateAt, type OfferState as State } from "./offers.js";
import type { PromotionRow } from "./promotion.schema.js";

export const OfferState: { [Key in State]: Key } = graphEnum(
  "OfferState",
  "Of promotions and coupons.",
  "SCHEDULED",
  "ACTIVE",
  "ENDED",
);
export const CouponUse: { [Key in Use]: Key } = graphEnum("CouponUse", "What a coupon is good for.", ...COUPON_USES);

@Directive('@requiresScopes(scopes: [["promotion:read"]])')
@ObjectType({
  description: "A discount for all below organisation, its issuer; those that apply are summed, at most 50 %.",
})
export class Promotion {
  row: PromotionRow;

  @Field(() => ID)
  id: string;

  @Field(() => String)
  name: string;

  @Field(() => Int)
  basisPoints: number;

  @Field(() => OfferState)
  state: State;

  @Field(() => DateTime)
  startsAt: Date;

  @Field(() => DateTime, { nullable: true })
  endsAt: Date | null;
}

/** A row as the graph shows it at a moment. */
export const shownPromotion = (row: PromotionRow, at: Date): Promotion => {
  const { id, name, basisPoints, startsAt, endsAt } = row;
  const shown = { row, id, name, basisPoints, state: offerStateAt(row, at), startsAt, endsAt };
  return Object.assign(new Promotion(), shown);
};

@Directive('@requiresScopes(scopes: [["promotion:read"]])')
@ObjectType({
  description: "A code for those below organisation, its issuer: percentage (basisPoints) or fixed amount.",
})
export class Coupon {
  row: CouponRow;

  @Field(() => ID)
  id: string;

  @Field(() => String)
  code: string;

  @Field(() => [CouponUse])
  uses: Use[];

  @Field(() => Int, { nullable: true })
  basisPoints: number | null;

  @Field(() => Money, { nullable: true })
  amount: Amount | null;

  @Field(() => Money, { nullable: true })
  minimum: Amount | null;

  @Field(() => Int, { nullable: true })
  maxRedemptions: number | null;

  @Field(() => Int, { nullable: true })
  maxPerOrganisation: number | null;

  @Field(() => Int)
  redemptions: number;

  @Field(() => OfferState)
  state: State;

  @Field(() => DateTime)
  startsAt: Date;

  @Field(() => DateTime, { nullable: true })
  endsAt: Date | null;
}

/** A row as the graph shows it at a moment. */
export const shownCoupon = (row: CouponRow, at: Date): Coupon => {
  const { amount, minimum, currency, ...rest } = row;
  const money = (minorUnits: bigint | null): Amount | null =>
    minorUnits === null || currency === null ? null : { minorUnits, currency };
  const worth = { amount: money(amount), minimum: money(minimum) };
  return Object.assign(new Coupon(), { ...rest, ...worth, row, state: offerStateAt(row, at) });
};

export const CouponConnection = connectionType("Coupon", () => Coupon, { totalCount: false });

@ObjectType({ description: "What a coupon would take off." })
export class CouponOffer {
  @Field(() => String)
  code: string;

  @Field(() => Money)
  discount: Amount;

  @Field(() => DateTime, { nullable: true })
  endsAt: Date | null;
}

const PROBLEMS = [NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem];

export const PromotionResult = resultUnion("PromotionResult", [Promotion], PROBLEMS);

export const CouponResult = resultUnion("CouponResult", [Coupon], PROBLEMS);
