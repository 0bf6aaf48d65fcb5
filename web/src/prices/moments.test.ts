import { expect, it } from "vitest";
import { dayBegins } from "./moments.js";

it("finds the beginning of a day in the person's zone, also on the days when clocks change", () => {
  expect(dayBegins("2026-03-01", "Africa/Johannesburg")).toBe("2026-02-28T22:00:00.000Z");
  expect(dayBegins("2026-03-01", "UTC")).toBe("2026-03-01T00:00:00.000Z");
  expect(dayBegins("2026-03-29", "Europe/Berlin")).toBe("2026-03-28T23:00:00.000Z");
  expect(dayBegins("2026-03-30", "Europe/Berlin")).toBe("2026-03-29T22:00:00.000Z");
  expect(dayBegins("2026-11-01", "America/New_York")).toBe("2026-11-01T04:00:00.000Z");
  expect(dayBegins("2026-01-01", "Asia/Kolkata")).toBe("2025-12-31T18:30:00.000Z");
});
