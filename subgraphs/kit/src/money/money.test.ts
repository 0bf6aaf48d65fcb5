import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideHalfEven, formatMoney, isCurrency, money } from "./money.js";

describe("money", () => {
  it("rounds half to even, never further than half a unit from the exact value", () => {
    expect([5n, 15n, 25n, -5n, -15n, 26n, -26n].map((n) => divideHalfEven(n, 10n))).toEqual([
      0n,
      2n,
      2n,
      0n,
      -2n,
      3n,
      -3n,
    ]);
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n }), (numerator, denominator) => {
        const error = divideHalfEven(numerator, denominator) * denominator - numerator;
        expect(2n * (error < 0n ? -error : error) <= denominator).toBe(true);
      }),
    );
    expect(() => divideHalfEven(1n, 0n)).toThrow(RangeError);
  });

  it("is shown exactly in the locale's way, beyond what a float holds", () => {
    const plain = (text: string) => text.replace(/[\s\u00a0\u202f]/g, " ");
    expect(plain(formatMoney(money(15_000n, "ZAR")))).toBe("R 150,00");
    expect(plain(formatMoney(money(-5n, "USD"), "en-US"))).toBe("-$0.05");
    expect(plain(formatMoney(money(9_007_199_254_740_993_01n, "EUR"), "de-DE"))).toBe("9.007.199.254.740.993,01 €");
    expect(plain(formatMoney(money(100n, "ZAR"), "xx-unknown"))).toBe("R 1,00");
  });

  it("refuses a currency that nobody keeps books in", () => {
    expect(isCurrency("toString")).toBe(false);
    expect(() => money(1n, "XXX")).toThrow(/XXX/);
  });
});
