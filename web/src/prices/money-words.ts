import { moneyDigits } from "../format/money-entry.js";

/** Minor units as an amount of money in the person's locale; never by way of a float. */
export function shownAmount(minorUnits: bigint | string, currency: string, locale: string | undefined): string {
  const digits = moneyDigits(currency);
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  const format = new Intl.NumberFormat(locale, { ...style, ...fraction });
  const units = BigInt(minorUnits);
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, "0");
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return format.format((units < 0n ? `-${decimal}` : decimal) as Intl.StringNumericLiteral); // digits with a full stop
}
