import { InvalidInputFault } from "../faults/fault.js";

/** Minor digits of the currencies that Tollgate keeps books in (ISO 4217). */
const MINOR_DIGITS = { ZAR: 2, USD: 2, EUR: 2, IDR: 2, PKR: 2 } as const;

export type Currency = keyof typeof MINOR_DIGITS;

/** An amount in minor units of its currency (cents for ZAR); never a float. */
export interface Money {
  readonly minorUnits: bigint;
  readonly currency: Currency;
}

export const isCurrency = (text: string): text is Currency => Object.hasOwn(MINOR_DIGITS, text);

/** @throws InvalidInputFault for a currency that Tollgate does not keep. */
export const money = (minorUnits: bigint, currency: string): Money => {
  if (!isCurrency(currency))
    throw InvalidInputFault.of("currency", "UNKNOWN_CURRENCY", `${currency} is not a currency we keep.`);
  return { minorUnits, currency };
};

/** Half-even quotient of two integers: how every amount is rounded, once, at the line. `denominator` is positive. */
export const divideHalfEven = (numerator: bigint, denominator: bigint): bigint => {
  if (denominator <= 0n) throw new RangeError("the denominator must be positive");
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n) return quotient;
  const twice = 2n * (remainder < 0n ? -remainder : remainder);
  const away = numerator < 0n ? -1n : 1n;
  if (twice > denominator) return quotient + away;
  if (twice < denominator) return quotient;
  return quotient % 2n === 0n ? quotient : quotient + away;
};

/** For programs: `-1234.50`. */
export const decimalText = ({ minorUnits, currency }: Money): `${number}` => {
  const digits = MINOR_DIGITS[currency];
  const absolute = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(digits + 1, "0");
  const text = `${minorUnits < 0n ? "-" : ""}${absolute.slice(0, -digits)}.${absolute.slice(-digits)}`;
  return text as `${number}`; // digits, one point and perhaps a sign, by construction
};

const formats = new Map<string, Intl.NumberFormat>();

/** For people, exact at any size: `R 1 234,50` in en-ZA. An unknown locale counts as en-ZA. */
export const formatMoney = (amount: Money, locale = "en-ZA"): string => {
  const key = `${locale} ${amount.currency}`;
  let format = formats.get(key);
  if (!format) {
    const [supported = "en-ZA"] = Intl.NumberFormat.supportedLocalesOf([locale, "en-ZA"]);
    const digits = MINOR_DIGITS[amount.currency];
    format = new Intl.NumberFormat(supported, {
      style: "currency",
      currency: amount.currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    if (formats.size < 200) formats.set(key, format);
  }
  return format.format(decimalText(amount));
};
