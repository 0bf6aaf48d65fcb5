import type { Money as Amount, Currency } from "@tollgate/kit";
import {
  CurrencyScalar,
  Directive,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  Money,
  ObjectType,
  StorageClass,
} from "@tollgate/kit/graphql";
import type { BillingInterval as Span } from "./breakdown.js";
import type { Calculation, Explanation, PriceLineKind as Kind, PriceLine as Line } from "./calculation.js";
import type { VmConfig as Config } from "./config.js";
import type { StorageClass as Storage } from "./cost.js";

export const BillingInterval: { [Key in Span]: Key } = graphEnum(
  "BillingInterval",
  "MONTHLY is 720 hours, ANNUAL 8,760.",
  "HOURLY",
  "MONTHLY",
  "ANNUAL",
);
export const PriceLineKind = graphEnum(
  "PriceLineKind",
  "Steps in the order of the calculation; FLOOR lifts to zero.",
  "BASE",
  "SERVICE",
  "TIER_ADJUSTMENT",
  "VOLUME_DISCOUNT",
  "PROMOTION",
  "COUPON",
  "FLOOR",
  "PRORATION",
  "TAX",
);

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["catalogue:read"]])')
@ObjectType({ description: "A size on offer, by organisation and price list." })
export class VmTemplate {
  @Field(() => ID)
  id: string;

  /** Whose prices are shown. */
  organisationId: string;

  @Field(() => String)
  name: string;

  @Field(() => Int)
  vcpus: number;

  @Field(() => Int)
  memoryGb: number;

  @Field(() => Int)
  storageGb: number;
}

@ObjectType({
  description:
    "One step of a calculation: quantity x unitPrice before rounding, amount after. explanation traces it to its sources. description is English; the facts beside it let a client write it in another locale.",
})
export class PriceLine {
  vmId?: string | null;

  /** What it is explained by. */
  source?: Explanation | null;

  @Field(() => PriceLineKind)
  kind: Kind;

  @Field(() => String)
  description: string;

  @Field(() => String, {
    nullable: true,
    description: "What description names: a tax, a promotion, an item, a resource; the code of a coupon.",
  })
  name: string | null;

  @Field(() => Int, { nullable: true, description: "Of a step that is a share, or a tax; negative takes off." })
  basisPoints: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "What a promotion would take off if it were not cut to half in all.",
  })
  uncutBasisPoints: number | null;

  @Field(() => Int, { nullable: true, description: "Off already in amount, for volume." })
  volumeBasisPoints: number | null;

  @Field(() => Int, { nullable: true, description: "Off already in amount, by promotions." })
  promotionBasisPoints: number | null;

  @Field(() => String, { nullable: true, description: "What the machine was called when it was billed." })
  machine: string | null;

  @Field(() => String, { nullable: true })
  quantity: string | null;

  @Field(() => String, { nullable: true })
  unit: string | null;

  @Field(() => Money, { nullable: true })
  unitPrice: Amount | null;

  @Field(() => Money)
  amount: Amount;
}

@ObjectType({ description: "Lines in the order of the calculation; they add up to total exactly." })
export class PriceBreakdown {
  @Field(() => [PriceLine])
  lines: PriceLine[];

  @Field(() => Money)
  subtotal: Amount;

  @Field(() => Money)
  tax: Amount;

  @Field(() => Money)
  total: Amount;

  @Field(() => Money, { nullable: true })
  perHour: Amount | null;
}

/** A line as the graph shows it. @param machine of a line of use on an invoice. */
export const shownLine = (
  { explanation = null, unitPrice, amount, ...line }: Line,
  currency: Currency,
  machine: string | null = null,
): PriceLine => ({
  ...line,
  // Prices that were kept before these facts were have their words alone.
  name: line.name ?? null,
  basisPoints: line.basisPoints ?? null,
  uncutBasisPoints: line.uncutBasisPoints ?? null,
  volumeBasisPoints: line.volumeBasisPoints ?? null,
  promotionBasisPoints: line.promotionBasisPoints ?? null,
  machine,
  source: explanation,
  unitPrice: unitPrice === null ? null : { minorUnits: unitPrice, currency },
  amount: { minorUnits: amount, currency },
});

/** A calculation as the graph shows it. */
export const shownBreakdown = (calculation: Calculation & { perHour?: bigint | null }): PriceBreakdown => {
  const { currency, lines, subtotal, tax, total, perHour = null } = calculation;
  const inCurrency = (minorUnits: bigint): Amount => ({ minorUnits, currency });
  return {
    lines: lines.map((line) => shownLine(line, currency)),
    subtotal: inCurrency(subtotal),
    tax: inCurrency(tax),
    total: inCurrency(total),
    perHour: perHour === null ? null : inCurrency(perHour),
  };
};

@ObjectType({ description: "A disk as quoted." })
export class DiskConfig {
  @Field(() => Int)
  sizeGb: number;

  @Field(() => StorageClass)
  storage: Storage;
}

@ObjectType({ description: "A machine as quoted." })
export class VmConfig {
  templateId: string | null;

  @Field(() => String)
  name: string;

  @Field(() => String)
  image: string;

  @Field(() => Int)
  vcpus: number;

  @Field(() => Int)
  memoryGb: number;

  @Field(() => [DiskConfig])
  disks: Config["disks"];

  @Field(() => Int)
  bandwidthMbit: number;

  @Field(() => Boolean)
  backup: boolean;

  @Field(() => [String])
  extraServices: readonly string[];

  @Field(() => [String])
  licences: readonly string[];
}

@InputType()
export class DiskConfigInput {
  @Field(() => Int)
  sizeGb: number;

  @Field(() => StorageClass)
  storage: Storage;
}

@InputType({
  description: "templateId fills what is left out; without it vcpus, memoryGb and disks are required.",
})
export class VmConfigInput {
  @Field(() => String)
  name: string;

  @Field(() => ID, { nullable: true })
  templateId?: string | null;

  @Field(() => String)
  image: string;

  @Field(() => Int, { nullable: true })
  vcpus?: number | null;

  @Field(() => Int, { nullable: true })
  memoryGb?: number | null;

  @Field(() => [DiskConfigInput], { nullable: true })
  disks?: DiskConfigInput[] | null;

  @Field(() => Int, { nullable: true })
  bandwidthMbit?: number | null;

  @Field(() => Boolean, { nullable: true })
  backup?: boolean | null;

  @Field(() => [String], { nullable: true })
  extraServices?: string[] | null;

  @Field(() => [String], { nullable: true })
  licences?: string[] | null;
}

@InputType()
export class EstimateCostInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => VmConfigInput)
  vm: VmConfigInput;

  @Field(() => BillingInterval)
  interval: Span;

  @Field(() => CurrencyScalar, { nullable: true })
  currency?: Currency | null;
}

@InputType()
export class CanProvisionInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => VmConfigInput)
  vm: VmConfigInput;

  @Field(() => CurrencyScalar, { nullable: true })
  currency?: Currency | null;
}
