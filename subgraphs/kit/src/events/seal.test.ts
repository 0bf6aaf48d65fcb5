import { describe, expect, it } from "vitest";
import { Sealer } from "./seal.js";

describe("a sealed secret", () => {
  const sealer = new Sealer("a master secret", "tests");

  it("opens with the same key, purpose and context only", () => {
    const sealed = sealer.seal("123456", "event 1");
    expect(sealer.open(sealed, "event 1")).toBe("123456");
    expect(() => sealer.open(sealed, "event 2")).toThrow();
    expect(() => new Sealer("a master secret", "other").open(sealed, "event 1")).toThrow();
    expect(() => new Sealer("another secret", "tests").open(sealed, "event 1")).toThrow();
  });

  it("does not open once a bit of it was changed, and never looks the same twice", () => {
    const sealed = sealer.seal("123456", "event 1");
    expect(Buffer.from(sealed).equals(Buffer.from(sealer.seal("123456", "event 1")))).toBe(false);
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    expect(() => sealer.open(sealed, "event 1")).toThrow();
  });

  it("does not open what was cut off within its proof of being genuine", () => {
    const sealed = sealer.seal("", "one");
    expect(sealer.open(sealed, "one")).toBe("");
    expect(() => sealer.open(sealed.subarray(0, 16), "one")).toThrow();
  });
});
