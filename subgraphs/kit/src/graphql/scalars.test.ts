import { describe, expect, it } from "vitest";
import { DateTime } from "./scalars.js";

describe("an instant", () => {
  it.each(["2028-02-29T00:00:00Z", "2026-12-31T23:59:59.999+02:00", "0001-01-01T00:00:00Z"])("can be %s", (text) => {
    expect(DateTime.parseValue(text)).toEqual(new Date(text));
  });

  it.each([
    "2026-02-29T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01",
  ])("is on the calendar, as %s is not", (text) => {
    expect(() => DateTime.parseValue(text)).toThrow(/must be an instant/);
  });
});
