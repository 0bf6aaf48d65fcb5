import { describe, expect, it } from "vitest";
import { codesLeftWords, recoveryFile, spaced } from "./factor-words.js";

describe("words about second factors", () => {
  it("set a secret in groups of four", () => {
    expect(spaced("GEZDGNBVGY3TQOJQ")).toBe("GEZD GNBV GY3T QOJQ");
    expect(spaced("MZXW6YTBOI")).toBe("MZXW 6YTB OI");
  });

  it("put recovery codes into a file that says whose they are", () => {
    const file = recoveryFile(["ABCDE-23456", "FGHJK-78923"], "thandi@example.com", new Date("2026-11-21T10:00:00Z"));
    expect(file).toContain("of thandi@example.com");
    expect(file).toContain("2026-11-21");
    expect(file.split("\n")).toContain("FGHJK-78923");
  });

  it("count what is left", () => {
    expect([0, 1, 9].map(codesLeftWords)).toEqual([
      "You have no recovery codes.",
      "One recovery code is left.",
      "9 recovery codes are left.",
    ]);
  });
});
