import { expect, it } from "vitest";
import { lineWords, type WordedLine } from "./line-words.js";

const line = (kind: WordedLine["kind"], facts: Partial<WordedLine>): WordedLine => ({
  kind,
  description: "As it was kept, 7.5 %",
  name: null,
  basisPoints: null,
  uncutBasisPoints: null,
  volumeBasisPoints: null,
  promotionBasisPoints: null,
  ...facts,
});

it.each([
  [line("PROMOTION", { name: "Autumn", basisPoints: -750 }), "Autumn, 7,5 %"],
  [
    line("PROMOTION", { name: "Autumn", basisPoints: -750, uncutBasisPoints: -1_250 }),
    "Autumn, 7,5 % of its 12,5 %: together at most half",
  ],
  [line("VOLUME_DISCOUNT", { basisPoints: -1_000 }), "Discount for volume, 10 %"],
  [line("TIER_ADJUSTMENT", { basisPoints: 25 }), "Surcharge of the list, 0,25 %"],
  [line("TIER_ADJUSTMENT", { basisPoints: -150 }), "Reduction of the list, 1,5 %"],
  [line("TAX", { name: "MwSt.", basisPoints: 1_550 }), "MwSt., 15,5 %"],
  [
    line("BASE", { name: "vCPU", volumeBasisPoints: 500, promotionBasisPoints: 1_250 }),
    "vCPU, 5 % off for volume, 12,5 % off by promotions",
  ],
])("writes what a line is made of as people of its locale write numbers: %#", (given, words) => {
  expect(lineWords(given, "de-DE")).toBe(words);
});

it("keeps the words of a line that was made before they were told apart, and of one that has no numbers", () => {
  expect(lineWords(line("TAX", {}), "de-DE")).toBe("As it was kept, 7.5 %");
  expect(lineWords(line("PRORATION", { description: "Care, the rest of the period given back" }), "de-DE")).toBe(
    "Care, the rest of the period given back",
  );
});
