import { describe, expect, it } from "vitest";
import { expiryOf } from "./expiry.js";

const AT = "2026-11-21T10:01:00.000Z";
const now = (seconds: number) => Date.parse(AT) + seconds * 1000;

describe("what is left of a code", () => {
  it("counts down to nothing", () => {
    expect(expiryOf(AT, 60, now(-60))).toEqual({ seconds: 60, share: 1, expired: false });
    expect(expiryOf(AT, 60, now(-30))).toEqual({ seconds: 30, share: 0.5, expired: false });
    expect(expiryOf(AT, 60, now(-0.2))).toMatchObject({ seconds: 1, expired: false });
    expect(expiryOf(AT, 60, now(0))).toEqual({ seconds: 0, share: 0, expired: true });
    expect(expiryOf(AT, 60, now(90))).toEqual({ seconds: 0, share: 0, expired: true });
  });

  it("is never more than a whole life", () => {
    expect(expiryOf(AT, 60, now(-3_600))).toEqual({ seconds: 60, share: 1, expired: false });
  });
});
