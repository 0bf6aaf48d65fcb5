import type { Money as Amount, Currency } from "@tollgate/kit";
import {
  CurrencyScalar,
  DateTime,
  Directive,
  Field,
  graphEnum,
  ID,
  Int,
  Money,
  ObjectType,
} from "@tollgate/kit/graphql";
import { type PriceListState as State, stateAt } from "./lists.js";
import {
  PRICED_RESOURCES,
  type PriceListRow,
  type PricedResource as Resource,
  type VolumeTierRow,
} from "./price.schema.js";
import { amountForHours, type EffectiveRate } from "./rates.js";

export const PriceListState: { [Key in State]: Key } = graphEnum(
  "PriceListState",
  "Only a DRAFT can change.",
  "DRAFT",
  "PUBLISHED",
  "SUPERSEDED",
);
export const PricedResource = graphEnum(
  "PricedResource",
  "VCPU per core; MEMORY, STORAGE_* and BACKUP per GB; BANDWIDTH per Mbit/s; all per hour.",
  ...PRICED_RESOURCES,
);

@ObjectType({
  description: "Exact price of one resource: amount for perHours hours, so R150 a month is 15000 for 720.",
})
export class Rate {
  @Field(() => PricedResource)
  resource: Resource;

  @Field(() => String, { nullable: true, description: "Of EXTRA_SERVICE and LICENCE: which." })
  code: string | null;

  @Field(() => Money)
  amount: Amount;

  @Field(() => Int)
  perHours: number;

  @Field(() => Boolean)
  inherited: boolean;
}

@ObjectType({ description: "discountBasisPoints from this spend of the last 30 days on." })
export class VolumeTier {
  @Field(() => Money)
  from: Amount;

  @Field(() => Int)
  discountBasisPoints: number;
}

@Directive('@requiresScopes(scopes: [["price:read"]])')
@ObjectType({
  description:
    "What organisation pays per resource and hour, from a date on; what is not set is inherited from the parent's list with the markup.",
})
export class PriceList {
  @Field(() => ID)
  id: string;

  /** The row that the list was read from. */
  row: PriceListRow;

  @Field(() => String)
  name: string;

  @Field(() => CurrencyScalar)
  currency: Currency;

  @Field(() => Int)
  version: number;

  @Field(() => PriceListState)
  state: State;

  @Field(() => DateTime, { nullable: true })
  effectiveFrom: Date | null;

  @Field(() => DateTime, { nullable: true })
  effectiveTo: Date | null;

  @Field(() => Int, { description: "On inherited rates; 100 basis points are 1 %." })
  markupBasisPoints: number;

  @Field(() => Int, { description: "Step 2 of the calculation; negative is cheaper." })
  tierAdjustmentBasisPoints: number;
}

/** A list as the graph shows it at a moment. */
export const shownPriceList = (row: PriceListRow, at: Date): PriceList => ({
  row,
  id: row.id,
  name: row.name,
  currency: row.currency,
  version: row.version,
  state: stateAt(row, at),
  effectiveFrom: row.effectiveFrom,
  effectiveTo: row.effectiveTo,
  markupBasisPoints: row.markupBasisPoints,
  tierAdjustmentBasisPoints: row.tierAdjustmentBasisPoints,
});

export const shownRate = (rate: EffectiveRate, currency: Currency): Rate => {
  const { minorUnits, perHours } = amountForHours(rate);
  const code = rate.code === "" ? null : rate.code;
  return { resource: rate.resource, code, amount: { minorUnits, currency }, perHours, inherited: rate.inherited };
};

export const shownTier = (tier: VolumeTierRow, currency: Currency): VolumeTier => ({
  from: { minorUnits: tier.fromMinorUnits, currency },
  discountBasisPoints: tier.discountBasisPoints,
});
