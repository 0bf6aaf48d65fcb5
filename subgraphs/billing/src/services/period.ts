import { type Discounts, exactNet } from "../catalogue/terms.js";
import { type BillingInterval, HOURS } from "../prices/breakdown.js";
import { add, type Fraction, fraction, greater, multiply, rounded, subtract } from "../prices/fraction.js";

const MINUTE = 60_000;

/** A price within a period: so many of an item at so much each for a whole period, and what is taken off. */
export interface Price extends Discounts {
  unitPrice: bigint;
  quantity: number;
}

/** A paid period as far as its money goes. */
export interface Period extends Price {
  currentPeriodStart: Date;
  currentPeriodEnd: Date;
  /** Since when the price counts. */
  pricedFrom: Date;
  /** What was used at the prices before it. */
  used: Fraction;
  /** What rounding left of the periods before it, and of their taxes; null: nothing. */
  carried: Fraction | null;
  carriedTax: Fraction | null;
  couponAmount: bigint;
  taxBasisPoints: number;
}

/** What a period comes to: minor units. */
export interface Due {
  net: bigint;
  tax: bigint;
}

export const NOTHING_USED: Fraction = fraction(0n, 1n);

/** A month is 720 hours and a year 8,760, as everywhere in prices. */
export const endOfPeriod = (start: Date, interval: BillingInterval): Date =>
  new Date(start.getTime() + Number(HOURS[interval]) * 60 * MINUTE);

const minutesBetween = (from: Date, to: Date): bigint => BigInt(Math.round((to.getTime() - from.getTime()) / MINUTE));

/** The full minute of a period that a moment is in: changes count from its beginning. */
export const minuteOf = ({ currentPeriodStart: start }: Pick<Period, "currentPeriodStart">, at: Date): Date =>
  new Date(start.getTime() + Math.floor((at.getTime() - start.getTime()) / MINUTE) * MINUTE);

/** The exact price of a part of the period that ends at `until`. */
const priceUntil = (period: Period, until: Date): Fraction => {
  const { unitPrice, quantity, pricedFrom, currentPeriodStart, currentPeriodEnd } = period;
  const part = fraction(minutesBetween(pricedFrom, until), minutesBetween(currentPeriodStart, currentPeriodEnd));
  return multiply(exactNet(unitPrice * BigInt(quantity), period), part);
};

/** What was used of the period until a moment; exact. */
export const usedUntil = (period: Period, until: Date): Fraction => add(period.used, priceUntil(period, until));

const priceWithCarried = (period: Period, until: Date): Fraction =>
  add(usedUntil(period, until), period.carried ?? NOTHING_USED);

const taxWithCarried = (period: Period, net: bigint): Fraction =>
  add(fraction(net * BigInt(period.taxBasisPoints), 10_000n), period.carriedTax ?? NOTHING_USED);

/** What the period comes to if it ends at `until`: rounded once, less the coupon, never below zero, and the tax on that. */
export const dueUntil = (period: Period, until: Date): Due => {
  const net = greater(rounded(priceWithCarried(period, until)) - period.couponAmount, 0n);
  return { net, tax: rounded(taxWithCarried(period, net)) };
};

const remainder = (value: Fraction): Fraction => subtract(value, fraction(rounded(value), 1n));

/**
 * What rounding leaves of a whole period for the next one: less than a minor unit, but 720 hours of it would be some rand, and
 * a tax that is not that of the hours' sum.
 */
export const carriedFrom = (period: Period): Pick<Period, "carried" | "carriedTax"> => {
  const { net } = dueOf(period);
  return {
    carried: remainder(priceWithCarried(period, period.currentPeriodEnd)),
    carriedTax: remainder(taxWithCarried(period, net)),
  };
};

/** What the whole period comes to as it stands. */
export const dueOf = (period: Period): Due => dueUntil(period, period.currentPeriodEnd);
