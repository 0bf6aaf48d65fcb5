import { describe, expect, it } from "vitest";
import { type CouponForm, readCoupon } from "./coupon-form.js";

const WHERE = { now: Date.parse("2026-06-01T12:00:00Z"), timeZone: "Africa/Johannesburg", locale: "en-US" };
const FORM: CouponForm = {
  code: " WELCOME ",
  uses: ["TOP_UP"],
  kind: "percent",
  worth: "10",
  currency: "ZAR",
  minimum: "",
  maxRedemptions: "",
  maxPerOrganisation: "1",
  begin: { when: "now", day: "" },
  lastDay: "",
};

describe("the form of a coupon", () => {
  it("asks for a percentage, or for an amount", () => {
    expect(readCoupon(FORM, WHERE)).toEqual({
      input: {
        code: "WELCOME",
        uses: ["TOP_UP"],
        basisPoints: 1_000,
        maxRedemptions: null,
        maxPerOrganisation: 1,
        startsAt: "2026-06-01T12:00:00.000Z",
        endsAt: null,
      },
    });
    const fixed = readCoupon(
      { ...FORM, kind: "amount", worth: "100.50", minimum: "500", lastDay: "2026-07-01" },
      WHERE,
    );
    expect(fixed).toMatchObject({
      input: {
        amount: { minorUnits: "10050", currency: "ZAR" },
        minimum: { minorUnits: "50000", currency: "ZAR" },
        endsAt: "2026-06-30T22:00:00.000Z",
      },
    });
    expect(fixed).not.toHaveProperty("input.basisPoints");
  });

  it("says at the field what is missing or cannot be read", () => {
    const broken = { ...FORM, code: "", uses: [], worth: "much", minimum: "x", maxRedemptions: "0" };
    const begin = { when: "day", day: "" } as const;
    const read = readCoupon({ ...broken, begin }, WHERE);
    expect("errors" in read && Object.keys(read.errors).toSorted()).toEqual([
      "basisPoints",
      "code",
      "maxRedemptions",
      "minimum",
      "startsAt",
      "uses",
    ]);
  });
});
