import { describe, expect, it } from "vitest";
import { codeDigits, countdown, waitWords } from "./wait-words.js";

describe("the code step's words", () => {
  it("name a wait in the larger unit, rounded up", () => {
    expect(waitWords(1)).toBe("1 second");
    expect(waitWords(59.2)).toBe("1 minute");
    expect(waitWords(61)).toBe("2 minutes");
  });

  it("count down to zero and no further", () => {
    expect(countdown(272_000, 0)).toBe("4:32");
    expect(countdown(9_500, 0)).toBe("0:10");
    expect(countdown(0, 5_000)).toBe("0:00");
  });

  it("take a code however it was pasted", () => {
    expect(codeDigits(" 123 456\n")).toBe("123456");
    expect(codeDigits("Your code: 123-456.")).toBe("123456");
    expect(codeDigits("1234567")).toBe("123456");
  });
});
