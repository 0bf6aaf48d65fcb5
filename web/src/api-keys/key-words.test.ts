import { describe, expect, it } from "vitest";
import { addressesFrom, endOf } from "./key-words.js";

describe("what is said about API keys", () => {
  it("counts the end of a key from now, and knows keys without one", () => {
    const now = Date.parse("2026-11-21T10:00:00.000Z");
    expect(endOf("30", now)).toBe("2026-12-21T10:00:00.000Z");
    expect(endOf("", now)).toBeNull();
  });

  it("reads addresses however they are put down", () => {
    expect(addressesFrom(" 192.0.2.0/24,\n2001:db8::/32; 198.51.100.4\n\n")).toEqual([
      "192.0.2.0/24",
      "2001:db8::/32",
      "198.51.100.4",
    ]);
    expect(addressesFrom("  \n")).toEqual([]);
  });
});
