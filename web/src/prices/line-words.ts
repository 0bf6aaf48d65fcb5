import type { PriceFragment } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";

/** What the words of a line are made of. */
export type WordedLine = Pick<
  PriceFragment["lines"][number],
  "kind" | "description" | "name" | "basisPoints" | "uncutBasisPoints" | "volumeBasisPoints" | "promotionBasisPoints"
>;

/** What a line says, with its numbers in the person's locale; its own words where nothing says what they were made of. */
export function lineWords(line: WordedLine, locale: string | undefined): string {
  const { kind, name, basisPoints, uncutBasisPoints, volumeBasisPoints, promotionBasisPoints } = line;
  const percent = (share: number) => percentWords(Math.abs(share), locale);
  if (basisPoints !== null) {
    if (kind === "TIER_ADJUSTMENT") {
      return `${basisPoints > 0 ? "Surcharge" : "Reduction"} of the list, ${percent(basisPoints)}`;
    }
    if (kind === "VOLUME_DISCOUNT") return `Discount for volume, ${percent(basisPoints)}`;
    if (name !== null && kind === "TAX") return `${name}, ${percent(basisPoints)}`;
    if (name !== null && kind === "PROMOTION") {
      const cut = uncutBasisPoints ? ` of its ${percent(uncutBasisPoints)}: together at most half` : "";
      return `${name}, ${percent(basisPoints)}${cut}`;
    }
  }
  if (name === null || (kind !== "BASE" && kind !== "SERVICE")) return line.description;
  const volume = volumeBasisPoints ? `, ${percent(volumeBasisPoints)} off for volume` : "";
  const promotion = promotionBasisPoints ? `, ${percent(promotionBasisPoints)} off by promotions` : "";
  return `${name}${volume}${promotion}`;
}
