import type { Currency } from "@tollgate/kit";
import { CurrencyScalar, DateTime, Field, ID, InputType, Int } from "@tollgate/kit/graphql";
import { MoneyInput } from "../wallet/wallet.types.js";
import type { PricedResource as Resource } from "./price.schema.js";
import { PricedResource } from "./price.types.js";

@InputType()
export class RateInput {
  @Field(() => PricedResource)
  resource: Resource;

  @Field(() => String, { nullable: true })
  code?: string | null;

  @Field(() => MoneyInput)
  amount: MoneyInput;

  @Field(() => Int, { nullable: true, defaultValue: 1 })
  perHours?: number | null;
}

@InputType()
export class VolumeTierInput {
  @Field(() => MoneyInput)
  from: MoneyInput;

  @Field(() => Int)
  discountBasisPoints: number;
}

@InputType({ description: "copyOf starts from another list's rates." })
export class CreatePriceListInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => String)
  name: string;

  @Field(() => CurrencyScalar)
  currency: Currency;

  @Field(() => ID, { nullable: true })
  copyOf?: string | null;

  @Field(() => Int, { nullable: true, defaultValue: 0 })
  markupBasisPoints?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: 0 })
  tierAdjustmentBasisPoints?: number | null;

  @Field(() => [RateInput], { nullable: true })
  rates?: RateInput[] | null;

  @Field(() => [VolumeTierInput], { nullable: true })
  volumeTiers?: VolumeTierInput[] | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class UpdatePriceListInput {
  @Field(() => ID)
  priceListId: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => Int, { nullable: true })
  markupBasisPoints?: number | null;

  @Field(() => Int, { nullable: true })
  tierAdjustmentBasisPoints?: number | null;

  @Field(() => [RateInput], { nullable: true })
  rates?: RateInput[] | null;

  @Field(() => [VolumeTierInput], { nullable: true })
  volumeTiers?: VolumeTierInput[] | null;
}

@InputType()
export class PublishPriceListInput {
  @Field(() => ID)
  priceListId: string;

  @Field(() => DateTime)
  effectiveFrom: Date;

  @Field(() => String)
  idempotencyKey: string;
}
