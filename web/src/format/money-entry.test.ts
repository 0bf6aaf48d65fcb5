import { describe, expect, it } from "vitest";
import { readAmount, typedAmount } from "./money-entry.js";

const read = (typed: string, locale: string, currency = "ZAR") => {
  const { minorUnits, problem } = readAmount(typed, currency, locale);
  return minorUnits ?? problem;
};

describe("an amount that somebody typed", () => {
  it.each([
    ["150", "en-ZA", "15000"],
    ["150,5", "en-ZA", "15050"],
    ["150.50", "en-ZA", "15050"],
    ["1 250,50", "en-ZA", "125050"],
    ["R 1 250,50", "en-ZA", "125050"],
    ["ZAR 20", "en-ZA", "2000"],
    ["1,250.50", "en-US", "125050"],
    ["1250,50", "en-US", "125050"],
    ["12,34,567.50", "en-IN", "123456750"],
    ["1,00,000", "en-IN", "10000000"],
    ["1.250,50", "de-DE", "125050"],
    ["1.250", "de-DE", "125000"],
    ["0,07", "de-DE", "7"],
  ])("is read as the person of the locale means it: %s in %s", (typed, locale, minorUnits) => {
    expect(read(typed, locale)).toBe(minorUnits);
  });

  it("keeps every digit of amounts that no float holds", () => {
    expect(read("90071992547409931.07", "en-US")).toBe("9007199254740993107");
  });

  it.each([
    ["", "en-ZA", "EMPTY"],
    [" ", "en-ZA", "EMPTY"],
    ["R", "en-ZA", "NOT_AN_AMOUNT"],
    ["ten", "en-ZA", "NOT_AN_AMOUNT"],
    ["-5", "en-ZA", "NOT_AN_AMOUNT"],
    ["1.2.3", "en-ZA", "NOT_AN_AMOUNT"],
    ["12,34.5", "en-US", "NOT_AN_AMOUNT"],
    ["1,234,56,789", "en-IN", "NOT_AN_AMOUNT"],
    ["1e3", "en-US", "NOT_AN_AMOUNT"],
    ["10.005", "en-US", "TOO_FINE"],
  ])("is refused rather than guessed: %j in %s", (typed, locale, problem) => {
    expect(read(typed, locale)).toBe(problem);
  });

  it("does not guess whether a foreign sign before three digits means a thousand", () => {
    expect(read("1.500", "en-ZA")).toBe("NOT_AN_AMOUNT");
  });

  it("follows the currency's own digits", () => {
    expect(read("1500", "ja-JP", "JPY")).toBe("1500");
    expect(read("15.5", "ja-JP", "JPY")).toBe("TOO_FINE");
  });

  it("counts rupiah and Pakistani rupees as the books do, whatever a browser shows", () => {
    expect(read("200.000", "id-ID", "IDR")).toBe("20000000");
    expect(read("1500,5", "id-ID", "IDR")).toBe("150050");
    expect(read("500", "en-PK", "PKR")).toBe("50000");
    expect(typedAmount("20000000", "IDR", "en-US")).toBe("200000.00");
  });

  it("comes back as it would be typed", () => {
    expect(typedAmount("125050", "ZAR", "en-US")).toBe("1250.50");
    expect(typedAmount("7", "ZAR", "de-DE")).toBe("0,07");
    expect(typedAmount("1500", "JPY", "ja-JP")).toBe("1500");
  });
});
