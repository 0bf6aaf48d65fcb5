import { divideHalfEven } from "@tollgate/kit";
import type { TaxRateRow } from "../tax/tax.schema.js";
import { adjusted, type Fraction, fraction } from "./fraction.js";
import type { PricedResource, PriceListRow, RateRow, VolumeTierRow } from "./price.schema.js";

/** The price of one resource as it counts under a list. */
export interface EffectiveRate {
  resource: PricedResource;
  /** Of EXTRA_SERVICE and LICENCE: which; else empty. */
  code: string;
  /** Minor units for one unit and hour, exact. */
  perHour: Fraction;
  /** The hours that the list (or the one it was inherited from) names. */
  perHours: number;
  inherited: boolean;
}

/** A list with what was written in it. */
export interface WrittenPrices {
  list: PriceListRow;
  rates: readonly RateRow[];
  volumeTiers: readonly VolumeTierRow[];
}

/** What counts under a list: its own, and what it inherits. */
export interface ListPrices {
  list: PriceListRow;
  rates: readonly EffectiveRate[];
  volumeTiers: readonly VolumeTierRow[];
}

/** What counts for an organisation at a moment: its list, and the tax of its country. */
export interface Prices extends ListPrices {
  /** Null where none is raised. */
  tax: TaxRateRow | null;
}

const keyOf = (rate: { resource: PricedResource; code: string }): string => `${rate.resource} ${rate.code}`;

const ownRate = (row: RateRow): EffectiveRate => ({
  resource: row.resource,
  code: row.code,
  perHour: fraction(row.minorUnits, BigInt(row.perHours)),
  perHours: row.perHours,
  inherited: false,
});

/**
 * Prices under the first of `chain`, which is followed by the lists above it, the nearest first. What a list does not
 * set comes from the next one with its markup, so markups of several levels multiply.
 */
export const pricesOf = (chain: readonly [WrittenPrices, ...WrittenPrices[]]): ListPrices => {
  const [{ list, rates, volumeTiers }, next, ...further] = chain;
  const own = rates.map(ownRate);
  if (!next) return { list, rates: own, volumeTiers };
  const above = pricesOf([next, ...further]);
  const set = new Set(own.map(keyOf));
  const inherited = above.rates
    .filter((rate) => !set.has(keyOf(rate)))
    .map((rate) => ({ ...rate, perHour: adjusted(rate.perHour, list.markupBasisPoints), inherited: true }));
  return {
    list,
    rates: [...own, ...inherited],
    volumeTiers: volumeTiers.length > 0 ? volumeTiers : above.volumeTiers,
  };
};

const LARGEST_INT = 2n ** 31n - 1n;

/**
 * A rate as an amount for a whole number of hours: a multiple of the hours that the list names, so that R150 a month
 * with 20 % on it reads R180 for 720 hours. Where no number of hours that fits makes it exact, the closest is given.
 */
export const amountForHours = ({ perHour, perHours }: EffectiveRate): { minorUnits: bigint; perHours: number } => {
  const hours = BigInt(perHours);
  const exact = fraction(perHour.numerator * hours, perHour.denominator);
  const scaled = hours * exact.denominator;
  if (scaled <= LARGEST_INT) return { minorUnits: exact.numerator, perHours: Number(scaled) };
  const most = (LARGEST_INT / hours) * hours;
  return { minorUnits: divideHalfEven(perHour.numerator * most, perHour.denominator), perHours: Number(most) };
};
