import { expect, it } from "vitest";
import { shownAmount } from "./money-words.js";

it("shows the amount that the books mean, also where a browser would leave the cents of a currency away", () => {
  const plain = (text: string) => text.replace(/\s/g, " ");
  expect(plain(shownAmount("5000050", "IDR", "id-ID"))).toBe("Rp 50.000,50");
  expect(plain(shownAmount("123456", "PKR", "en-PK"))).toMatch(/1,234\.56$/);
  expect(plain(shownAmount(-5n, "ZAR", "en-US"))).toBe("-R 0.05");
  expect(plain(shownAmount("9007199254740993107", "USD", "en-US"))).toBe("$90,071,992,547,409,931.07");
});
