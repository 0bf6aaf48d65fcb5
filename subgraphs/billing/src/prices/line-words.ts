import type { PriceLineKind } from "./calculation.js";

/** What the words of a line are made of; what does not apply is null or left out. */
export interface LineFacts {
  /** What it names: a tax, a promotion, an item, a resource; the code of a coupon. */
  name?: string | null;
  /** Of a step that is a share, or of a tax: 1,500 are 15 %; negative takes off. */
  basisPoints?: number | null;
  /** Of a promotion that was cut, since all of them take off half at most: what it would be. */
  uncutBasisPoints?: number | null;
  /** Off already in the amount. */
  volumeBasisPoints?: number | null;
  promotionBasisPoints?: number | null;
}

const formats = new Map<string, Intl.NumberFormat>();

/** A share as it is written in a locale, without its sign: `7.5 %`, `7,5 %`. */
const percent = (basisPoints: number, locale: string): string => {
  let format = formats.get(locale);
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    formats.set(locale, format);
  }
  return `${format.format(Math.abs(basisPoints) / 100)} %`;
};

const cutWords = ({ uncutBasisPoints }: LineFacts, locale: string): string =>
  uncutBasisPoints ? ` of its ${percent(uncutBasisPoints, locale)}: together at most half` : "";

const offWords = ({ volumeBasisPoints, promotionBasisPoints }: LineFacts, locale: string): string =>
  [
    volumeBasisPoints ? `, ${percent(volumeBasisPoints, locale)} off for volume` : "",
    promotionBasisPoints ? `, ${percent(promotionBasisPoints, locale)} off by promotions` : "",
  ].join("");

/**
 * What a line says, with its numbers as a locale writes them.
 * @param otherwise said where nothing is known that it was made of.
 */
export const lineWords = (kind: PriceLineKind, facts: LineFacts, otherwise: string, locale = "en"): string => {
  const { name, basisPoints } = facts;
  if (basisPoints != null) {
    const share = percent(basisPoints, locale);
    if (kind === "TIER_ADJUSTMENT") return `${basisPoints > 0 ? "Surcharge" : "Reduction"} of the list, ${share}`;
    if (kind === "VOLUME_DISCOUNT") return `Discount for volume, ${share}`;
    if (name != null && kind === "PROMOTION") return `${name}, ${share}${cutWords(facts, locale)}`;
    if (name != null && kind === "TAX") return `${name}, ${share}`;
  }
  if (name != null && kind === "COUPON") return `Coupon ${name}`;
  if (name != null && (kind === "BASE" || kind === "SERVICE")) return `${name}${offWords(facts, locale)}`;
  return otherwise;
};

/** The facts of a line with the English words that are kept beside them. */
export const described = <Facts extends LineFacts>(kind: PriceLineKind, facts: Facts, otherwise = "") => ({
  kind,
  description: lineWords(kind, facts, otherwise),
  ...facts,
});
