import { type Currency, InvalidInputFault, type Money } from "@tollgate/kit";

/** Decimal digits of minor units in the books. */
const BOOK_DIGITS = 2;
const factorOf = (exponent: number): bigint => 10n ** BigInt(BOOK_DIGITS - exponent);

/**
 * An amount in the integers that a provider counts in. @param exponent their decimal digits, at most 2.
 * @throws InvalidInputFault for what it cannot say: there are no cents of a rupiah at a provider that takes whole ones.
 */
export const providerUnits = ({ minorUnits }: Money, exponent: number): bigint => {
  const factor = factorOf(exponent);
  if (minorUnits % factor === 0n) return minorUnits / factor;
  throw InvalidInputFault.of("amount", "TOO_FINE", "This way of paying takes whole units of the currency only.");
};

/** The amount behind a provider's integer. */
export const moneyOfUnits = (units: bigint, currency: Currency, exponent: number): Money => ({
  minorUnits: units * factorOf(exponent),
  currency,
});
