import type { Money as Amount } from "@tollgate/kit";
import { DateTime, Field, graphEnum, Int, Money, ObjectType, PageInfo } from "@tollgate/kit/graphql";
import { CatalogueItem } from "../catalogue/catalogue.types.js";
import { Organisation, Vm } from "../entities.js";
import type { Slice, SpendBy } from "./breakdown.js";
import type { SpendStep as Step } from "./calendar.js";
import type { OrganisationSpend as SpendOfOne } from "./estate.js";
import type { Point, Spend } from "./spend.js";

export const SpendStep: { [Key in Step]: Key } = graphEnum("SpendStep", "Width of a point.", "HOUR", "DAY", "MONTH");
export const SpendBreakdown: { [Key in SpendBy]: Key } = graphEnum(
  "SpendBreakdown",
  "What a slice stands for.",
  "VM",
  "SERVICE",
  "RESOURCE",
);

@ObjectType({
  description:
    "What was charged: all that services, orders and use took, with tax, less what was given back of it. Use counts in the hour in which it was used. projected is for the whole period at the present rate; null for a past one.",
})
export class SpendReport {
  spend: Spend;

  @Field(() => DateTime)
  from: Date;

  @Field(() => DateTime)
  to: Date;

  @Field(() => Money)
  total: Amount;

  @Field(() => Money, { nullable: true })
  projected: Amount | null;

  @Field(() => Money, {
    description: "Of the months before, where the period is made of months, else of the time before.",
  })
  previous: Amount;

  @Field(() => Int, { nullable: true, description: "For how many days the wallet lasts; null if it never runs out." })
  runwayDays: number | null;
}

@ObjectType({ description: "Spend from at until the next point." })
export class SpendPoint {
  @Field(() => DateTime)
  at: Date;

  @Field(() => Money)
  amount: Amount;
}

@ObjectType({ description: "One part of the total; shares add up to 10,000." })
export class SpendSlice {
  vmId: string | null;

  itemId: string | null;

  @Field(() => String)
  label: string;

  @Field(() => Vm, { nullable: true })
  vm: Vm | null;

  @Field(() => CatalogueItem, { nullable: true })
  item: CatalogueItem | null;

  @Field(() => Money)
  amount: Amount;

  @Field(() => Int)
  shareBasisPoints: number;
}

@ObjectType({ description: "One organisation's part of the estate's spend." })
export class OrganisationSpend {
  @Field(() => Organisation, { nullable: true })
  organisation: Organisation | null;

  @Field(() => Money)
  amount: Amount;

  @Field(() => Money, { nullable: true })
  projected: Amount | null;
}

@ObjectType()
export class OrganisationSpendEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => OrganisationSpend)
  node: OrganisationSpend;
}

@ObjectType()
export class OrganisationSpendConnection {
  @Field(() => [OrganisationSpendEdge])
  edges: OrganisationSpendEdge[];

  @Field(() => [OrganisationSpend])
  nodes: OrganisationSpend[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;

  @Field(() => Money)
  total: Amount;
}

export const shownSpend = (spend: Spend): SpendReport => {
  const { period, total, previous, projected, runwayDays, books } = spend;
  const inCurrency = (minorUnits: bigint): Amount => ({ minorUnits, currency: books.currency });
  return {
    spend,
    ...period,
    total: inCurrency(total),
    previous: inCurrency(previous),
    projected: projected === null ? null : inCurrency(projected),
    runwayDays,
  };
};

export const shownPoint =
  ({ books: { currency } }: Spend) =>
  ({ at, amount }: Point): SpendPoint => ({ at, amount: { minorUnits: amount, currency } });

export const shownSlice =
  ({ books: { currency } }: Spend) =>
  ({ amount, vmId, ...slice }: Slice): Omit<SpendSlice, "item"> => ({
    ...slice,
    vmId,
    vm: vmId === null ? null : { id: vmId },
    amount: { minorUnits: amount, currency },
  });

export const shownOrganisationSpend = ({
  organisationId,
  currency,
  amount,
  projected,
}: SpendOfOne): OrganisationSpend => ({
  organisation: { id: organisationId },
  amount: { minorUnits: amount, currency },
  projected: projected === null ? null : { minorUnits: projected, currency },
});
