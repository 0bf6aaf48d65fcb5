import { DateTime, Field, ID, InputType, Int } from "@tollgate/kit/graphql";
import { MoneyInput } from "../wallet/wallet.types.js";
import type { CouponUse as Use } from "./coupon.schema.js";
import { CouponUse } from "./offer.types.js";

@InputType()
export class CreatePromotionInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => String)
  name: string;

  @Field(() => Int)
  basisPoints: number;

  @Field(() => DateTime)
  startsAt: Date;

  @Field(() => DateTime, { nullable: true })
  endsAt?: Date | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class EndPromotionInput {
  @Field(() => ID)
  promotionId: string;
}

@InputType({ description: "Exactly one of basisPoints and amount." })
export class CreateCouponInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => String)
  code: string;

  @Field(() => [CouponUse])
  uses: Use[];

  @Field(() => Int, { nullable: true })
  basisPoints?: number | null;

  @Field(() => MoneyInput, { nullable: true })
  amount?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true })
  minimum?: MoneyInput | null;

  @Field(() => Int, { nullable: true })
  maxRedemptions?: number | null;

  @Field(() => Int, { nullable: true })
  maxPerOrganisation?: number | null;

  @Field(() => DateTime)
  startsAt: Date;

  @Field(() => DateTime, { nullable: true })
  endsAt?: Date | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class EndCouponInput {
  @Field(() => ID)
  couponId: string;
}
