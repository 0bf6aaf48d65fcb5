import { describe, expect, it } from "vitest";
import { oneLine } from "./one-line.js";

describe("a name in one line", () => {
  it("has no space around it, and one between words, whatever was typed", () => {
    expect(oneLine("  Karoo \r\n\t Cloud\u0000 ")).toBe("Karoo Cloud");
  });

  it("looks like no other: characters that nobody sees and that turn a line around are gone", () => {
    expect(["owner\u200b", "\u202eowner", "\u200downer\u200c", "owner\ud800"].map(oneLine)).toEqual(
      Array.from({ length: 4 }, () => "owner"),
    );
    expect(oneLine("\u200b \u2066")).toBe("");
  });

  it("keeps what joins letters within it", () => {
    expect(oneLine("علی\u200cرضا")).toBe("علی\u200cرضا");
  });
});
