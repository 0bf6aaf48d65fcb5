import { divideHalfEven } from "@tollgate/kit";

/** An exact rational number; the denominator is positive. Amounts stay exact until they are rounded, once, at last. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const BASIS_POINTS = 10_000n;

export const greatestCommonDivisor = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

/** In lowest terms. */
export const fraction = (numerator: bigint, denominator: bigint): Fraction => {
  if (denominator <= 0n) throw new RangeError("the denominator must be positive");
  const divisor = greatestCommonDivisor(numerator, denominator);
  return divisor === 0n
    ? { numerator: 0n, denominator: 1n }
    : { numerator: numerator / divisor, denominator: denominator / divisor };
};

export const add = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

export const multiply = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.numerator, a.denominator * b.denominator);

/** `basisPoints` more, or less where negative: 100 are 1 %. */
export const adjusted = (value: Fraction, basisPoints: number): Fraction =>
  multiply(value, fraction(BASIS_POINTS + BigInt(basisPoints), BASIS_POINTS));

/** The nearest whole number, half to even. */
export const rounded = (value: Fraction): bigint => divideHalfEven(value.numerator, value.denominator);

/** Math.max for amounts. */
export const greater = (a: bigint, b: bigint): bigint => {
  if (a > b) return a;
  return b;
};

/** Math.min for amounts. */
export const lesser = (a: bigint, b: bigint): bigint => {
  if (a < b) return a;
  return b;
};

export const subtract = (a: Fraction, b: Fraction): Fraction => add(a, fraction(-b.numerator, b.denominator));

/** The least whole number that is not below it. */
export const ceiling = ({ numerator, denominator }: Fraction): bigint =>
  numerator > 0n ? (numerator + denominator - 1n) / denominator : numerator / denominator;
