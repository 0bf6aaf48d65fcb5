import { describe, expect, it } from "vitest";
import { percentWords, readPercent, typedPercent } from "./basis-points.js";
import { shownAmount } from "./money-words.js";
import { changeBetween, forMonth, markedUp } from "./rate-math.js";

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("rates on the pages of prices", () => {
  it("come to the same month whatever hours they are written for", () => {
    expect(forMonth({ minorUnits: 6_000n, perHours: 720 })).toEqual({ minorUnits: 6_000n, isExact: true });
    expect(forMonth({ minorUnits: 5n, perHours: 1 })).toEqual({ minorUnits: 3_600n, isExact: true });
    expect(forMonth({ minorUnits: 100n, perHours: 8_760 })).toEqual({ minorUnits: 8n, isExact: false });
  });

  it("carry their markup without losing anything, above what floats can hold too", () => {
    expect(forMonth(markedUp({ minorUnits: 6_000n, perHours: 720 }, 1_250))).toEqual({
      minorUnits: 6_750n,
      isExact: true,
    });
    expect(forMonth(markedUp({ minorUnits: 9_007_199_254_740_993n, perHours: 720 }, 0)).minorUnits).toBe(
      9_007_199_254_740_993n,
    );
  });

  it("say how much dearer one is than another", () => {
    expect(changeBetween({ minorUnits: 6_000n, perHours: 720 }, { minorUnits: 6_600n, perHours: 720 })).toBe(1_000);
    expect(changeBetween({ minorUnits: 5n, perHours: 1 }, { minorUnits: 3_600n, perHours: 720 })).toBe(0);
    expect(changeBetween({ minorUnits: 0n, perHours: 1 }, { minorUnits: 1n, perHours: 1 })).toBeNull();
    expect(changeBetween(null, { minorUnits: 1n, perHours: 1 })).toBeNull();
  });
});

describe("percent", () => {
  it("is read as people type it, and nothing else is", () => {
    expect(["10", "12,5", "-5 %", "+0.25", "1000"].map(readPercent)).toEqual([1_000, 1_250, -500, 25, 100_000]);
    expect(["", "ten", "1.234", "--1", "1e3"].map(readPercent)).toEqual([null, null, null, null, null]);
    expect([1_250, -500, 0].map((points) => readPercent(typedPercent(points, "de-DE")))).toEqual([1_250, -500, 0]);
    expect(readPercent(typedPercent(-500, "sv-SE"))).toBe(-500);
  });

  it("is shown with its sign where it is a change", () => {
    expect([percentWords(1_000, "en", true), percentWords(-250, "en", true), percentWords(0, "en", true)]).toEqual([
      "+10 %",
      "-2.5 %",
      "0 %",
    ]);
  });
});

it("shows amounts of any size in the person's locale, to the last digit", () => {
  expect(plain(shownAmount("15000", "ZAR", "en-ZA"))).toMatch(/^R ?150[.,]00$/);
  expect(plain(shownAmount(-5n, "USD", "en-US"))).toBe("-$0.05");
  expect(plain(shownAmount("900719925474099301", "EUR", "de-DE"))).toBe("9.007.199.254.740.993,01 €");
});
