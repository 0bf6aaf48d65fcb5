const plurals = new Intl.PluralRules("en");
const formats = new Map<string, Intl.NumberFormat>();

/** Decimals that a quantity has at most. */
const DECIMALS = 6;

/** What is counted in English, in the last word of a unit; `GB` and `vCPU` stay as they are. */
const COUNTED = /\b(hour|piece|period)s?$/;

/**
 * A quantity with its unit, as a document in this locale shows it: `1 440,5 GB hours`, `1 hour`, `3 pieces`.
 * @param quantity an exact decimal such as `1440.5`; null for none.
 */
export const shownQuantity = (quantity: string | null, unit: string | null, locale: string): string => {
  if (quantity === null) return "";
  let format = formats.get(locale);
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: DECIMALS });
    formats.set(locale, format);
  }
  const isOne = plurals.select(Number(quantity)) === "one";
  const words = (unit ?? "").replace(COUNTED, isOne ? "$1" : "$1s");
  // A decimal as text is formatted exactly; the type of its parameter asks for one that is spelt out.
  return `${format.format(quantity as `${number}`)} ${words}`.trim();
};
