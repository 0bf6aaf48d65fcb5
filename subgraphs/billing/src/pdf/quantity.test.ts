import { expect, it } from "vitest";
import { shownQuantity } from "./quantity.js";

const plain = (text: string) => text.replace(/\s/g, " ");

it.each([
  ["1440.5", "GB hours", "en-ZA", "1 440,5 GB hours"],
  ["1440.5", "GB hours", "de-DE", "1.440,5 GB hours"],
  ["1", "vCPU hours", "en-ZA", "1 vCPU hour"],
  ["0.25", "hours", "en-ZA", "0,25 hours"],
  ["1", "piece", "en-ZA", "1 piece"],
  ["3", "piece", "en-ZA", "3 pieces"],
  ["4", "vCPU", "en-ZA", "4 vCPU"],
  ["9007199254740993.5", "GB", "en-US", "9,007,199,254,740,993.5 GB"],
  ["2", null, "en-ZA", "2"],
  [null, "piece", "en-ZA", ""],
])("%s %s in %s is %s", (quantity, unit, locale, shown) => {
  expect(plain(shownQuantity(quantity, unit, locale))).toBe(shown);
});
