import { expect, it } from "vitest";
import { parseBillingSearch, periodOf, stepFor } from "./billing-search.js";

const from = "2026-05-31T22:00:00.000Z";
const to = "2026-06-30T22:00:00.000Z";

it("takes a time and what to split by from the address, and nothing else", () => {
  expect(parseBillingSearch({ from, to, by: "RESOURCE", other: 1 })).toEqual({ from, to, by: "RESOURCE" });
  expect(parseBillingSearch({ by: "VM" })).toEqual({});
  for (const wrong of [{ from }, { to }, { from: to, to: from }, { from: "yesterday", to }, { from: 5, to }]) {
    expect(parseBillingSearch(wrong)).toEqual({});
  }
});

it("asks for the running month where no time is named", () => {
  expect(periodOf({})).toBeNull();
  expect(periodOf({ from, to })).toEqual({ from, to });
});

it("draws hours of days, days of months and months of years", () => {
  expect(stepFor(null)).toBe("DAY");
  expect(stepFor({ from, to })).toBe("DAY");
  expect(stepFor({ from, to: "2026-06-01T22:00:00.000Z" })).toBe("HOUR");
  expect(stepFor({ from, to: "2027-05-31T22:00:00.000Z" })).toBe("MONTH");
});
