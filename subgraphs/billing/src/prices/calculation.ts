import type { Currency } from "@tollgate/kit";
import type { LineOfUse } from "../invoices/reading.js";
import type { TaxRateRow } from "../tax/tax.schema.js";
import type { Adjustments } from "./adjustments.js";
import { add, type Fraction, fraction, multiply, rounded } from "./fraction.js";
import { described, type LineFacts } from "./line-words.js";
import type { PricedResource, PriceListRow } from "./price.schema.js";

export type PriceLineKind =
  | "BASE"
  | "SERVICE"
  | "TIER_ADJUSTMENT"
  | "VOLUME_DISCOUNT"
  | "PROMOTION"
  | "COUPON"
  | "FLOOR"
  | "PRORATION"
  | "TAX";

/** Where a line comes from, by what it was made of and by ids; what does not apply is null. */
export interface Explanation {
  /** Decimal, such as `720`. */
  hours: string | null;
  priceListId: string | null;
  /** As it was when the line was made. */
  rate: { resource: PricedResource; code: string; minorUnits: bigint; perHours: number; inherited: boolean } | null;
  promotionId: string | null;
  couponId: string | null;
  tax: Pick<TaxRateRow, "country" | "name" | "basisPoints" | "effectiveFrom"> | null;
  entryIds: readonly string[];
  /** A line of use on an invoice: its entries are looked up where somebody asks. */
  use?: LineOfUse;
}

export const explained = (known: Partial<Explanation>): Explanation => ({
  hours: null,
  priceListId: null,
  rate: null,
  promotionId: null,
  couponId: null,
  tax: null,
  entryIds: [],
  ...known,
});

/** One step of a calculation, in minor units. */
export interface PriceLine extends LineFacts {
  kind: PriceLineKind;
  /** In English; what it was made of stands beside it. */
  description: string;
  quantity: string | null;
  unit: string | null;
  /** For the interval, where it is a whole number of minor units. */
  unitPrice: bigint | null;
  amount: bigint;
  /** The machine that it is about, where a document has lines of several. */
  vmId?: string | null;
  explanation?: Explanation | null;
}

/** A line before it is rounded: minor units for the whole of what is priced, exact. */
export interface ExactLine extends Omit<PriceLine, "amount"> {
  exact: Fraction;
}

/** What a price is made of, in the order of the steps. */
export interface Steps {
  currency: Currency;
  /** BASE and SERVICE. */
  lines: readonly ExactLine[];
  /** Whose adjustment is the second step; null where no list prices the lines. */
  list: Pick<PriceListRow, "id" | "tierAdjustmentBasisPoints"> | null;
  adjustments: Adjustments;
  /** Minor units that a coupon takes off, as `couponFor` says. */
  coupon?: { couponId: string; code: string; discount: bigint } | null;
  /** PRORATION: what is given back (negative) or asked for parts of a period, after the price cannot be below zero. */
  prorations?: readonly ExactLine[];
  tax: TaxRateRow | null;
}

/** Lines in the order of the calculation: those before tax add up to `subtotal`, all of them to `total`, exactly. */
export interface Calculation {
  currency: Currency;
  priceListId: string | null;
  lines: readonly PriceLine[];
  subtotal: bigint;
  tax: bigint;
  total: bigint;
}

const NOTHING = fraction(0n, 1n);

const floor = ({ numerator, denominator }: Fraction): bigint => {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
};

const isGreater = (a: Fraction, b: Fraction): boolean => a.numerator * b.denominator > b.numerator * a.denominator;

const less = (a: Fraction, whole: bigint): Fraction => add(a, fraction(-whole, 1n));

/** Whole amounts that add up to the rounded sum: what rounding leaves goes to the largest remainders. */
export const spread = (exact: readonly Fraction[]): bigint[] => {
  const amounts = exact.map(floor);
  const total = rounded(exact.reduce(add, NOTHING));
  const left = Number(total - amounts.reduce((sum, amount) => sum + amount, 0n));
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: less(value, amounts[index] ?? 0n) }))
    .sort((a, b) => (isGreater(b.remainder, a.remainder) ? 1 : isGreater(a.remainder, b.remainder) ? -1 : 0));
  for (const { index } of byRemainder.slice(0, left)) amounts[index] = (amounts[index] ?? 0n) + 1n;
  return amounts;
};

export const sumOf = (lines: readonly { exact: Fraction }[]): Fraction =>
  lines.reduce((sum, line) => add(sum, line.exact), NOTHING);

const step = (kind: PriceLineKind, facts: LineFacts, exact: Fraction, explanation: Partial<Explanation>): ExactLine => {
  const empty = { quantity: null, unit: null, unitPrice: null };
  return { ...described(kind, facts, "Never below zero"), ...empty, exact, explanation: explained(explanation) };
};

const shareOf = (value: Fraction, basisPoints: number): Fraction =>
  multiply(value, fraction(BigInt(basisPoints), 10_000n));

const tierLines = (before: Fraction, list: Steps["list"]): ExactLine[] => {
  const basisPoints = list?.tierAdjustmentBasisPoints ?? 0;
  if (!list || basisPoints === 0) return [];
  return [step("TIER_ADJUSTMENT", { basisPoints }, shareOf(before, basisPoints), { priceListId: list.id })];
};

const volumeLines = (before: Fraction, { list, adjustments: { volumeBasisPoints } }: Steps): ExactLine[] => {
  if (volumeBasisPoints === 0) return [];
  const basisPoints = -volumeBasisPoints;
  return [step("VOLUME_DISCOUNT", { basisPoints }, shareOf(before, basisPoints), { priceListId: list?.id ?? null })];
};

/** All of them of what the discount for volume left, so that their order makes no difference. */
const promotionLines = (before: Fraction, { promotions }: Adjustments): ExactLine[] =>
  promotions
    .filter(({ countedBasisPoints }) => countedBasisPoints > 0)
    .map(({ id, name, basisPoints, countedBasisPoints }) => {
      const cut = countedBasisPoints < basisPoints ? { uncutBasisPoints: -basisPoints } : {};
      const facts = { name, basisPoints: -countedBasisPoints, ...cut };
      return step("PROMOTION", facts, shareOf(before, -countedBasisPoints), { promotionId: id });
    });

const couponLines = ({ coupon }: Steps): ExactLine[] => {
  if (!coupon || coupon.discount === 0n) return [];
  const { couponId, code, discount } = coupon;
  return [step("COUPON", { name: code }, fraction(-discount, 1n), { couponId })];
};

const floorLines = (before: Fraction): ExactLine[] =>
  before.numerator < 0n ? [step("FLOOR", {}, fraction(-before.numerator, before.denominator), {})] : [];

/** All steps before tax, exact. */
export const netLines = (steps: Steps): ExactLine[] => {
  const lines = [...steps.lines];
  lines.push(...tierLines(sumOf(lines), steps.list));
  lines.push(...volumeLines(sumOf(lines), steps));
  lines.push(...promotionLines(sumOf(lines), steps.adjustments));
  lines.push(...couponLines(steps));
  lines.push(...floorLines(sumOf(lines)));
  lines.push(...(steps.prorations ?? []));
  return lines;
};

/** The tax of a whole amount, half to even. */
export const taxOf = (net: bigint, tax: Pick<TaxRateRow, "basisPoints"> | null): bigint =>
  tax ? rounded(fraction(net * BigInt(tax.basisPoints), 10_000n)) : 0n;

/** The line that a tax makes on a document; none where no tax is raised. */
export const taxLines = (net: bigint, tax: TaxRateRow | null): PriceLine[] => {
  if (!tax) return [];
  const { country, name, basisPoints, effectiveFrom } = tax;
  const { exact: _, ...line } = step("TAX", { name, basisPoints }, NOTHING, {
    tax: { country, name, basisPoints, effectiveFrom },
  });
  return [{ ...line, amount: taxOf(net, tax) }];
};

/**
 * The one calculation of prices: base and services, the list's adjustment, the discount for volume, promotions, a coupon,
 * never below zero, prorations, tax. Rounded half to even at the subtotal, which is spread over its lines by the largest
 * remainder, and at the tax.
 */
export const calculate = (steps: Steps): Calculation => {
  const net = netLines(steps);
  const amounts = spread(net.map(({ exact }) => exact));
  const lines = net.map(({ exact: _, ...line }, index): PriceLine => ({ ...line, amount: amounts[index] ?? 0n }));
  const subtotal = amounts.reduce((sum, amount) => sum + amount, 0n);
  const tax = taxOf(subtotal, steps.tax);
  return {
    currency: steps.currency,
    priceListId: steps.list?.id ?? null,
    lines: [...lines, ...taxLines(subtotal, steps.tax)],
    subtotal,
    tax,
    total: subtotal + tax,
  };
};
