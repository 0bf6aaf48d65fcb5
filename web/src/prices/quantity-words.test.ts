import { expect, it } from "vitest";
import { createFormats } from "../format/formats.js";
import { quantityWords } from "./quantity-words.js";

it.each([
  ["1440.5", "GB hours", "de-DE", "1.440,5 GB hours"],
  ["1", "vCPU hours", "en-ZA", "1 vCPU hour"],
  ["3", "piece", "en-ZA", "3 pieces"],
  ["1", "piece", "en-ZA", "1 piece"],
  ["4", "vCPU", "en-ZA", "4 vCPU"],
  ["2", null, "en-ZA", "2"],
  [null, "piece", "en-ZA", ""],
])("%s %s in %s is %s", (quantity, unit, locale, words) => {
  expect(quantityWords(createFormats({ locale }), quantity, unit)).toBe(words);
});
