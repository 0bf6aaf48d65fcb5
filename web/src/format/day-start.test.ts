import { expect, it } from "vitest";
import { dayOf, dayStart, daysAsPeriod } from "./day-start.js";

const text = (at: number) => new Date(at).toISOString();

it("knows when a day begins on clocks of a zone, also when they change", () => {
  expect(text(dayStart("2026-03-01", "Africa/Johannesburg"))).toBe("2026-02-28T22:00:00.000Z");
  expect(text(dayStart("2026-03-30", "Europe/Berlin"))).toBe("2026-03-29T22:00:00.000Z");
  expect(text(dayStart("2026-10-26", "Europe/Berlin"))).toBe("2026-10-25T23:00:00.000Z");
  expect(text(dayStart("2026-04-24", "Africa/Cairo"))).toBe("2026-04-23T22:00:00.000Z");
  expect(dayStart("2026-13-01", "UTC")).toBeNaN();
});

it("counts the last day too", () => {
  expect(daysAsPeriod("2026-03-01", "2026-03-31", "Africa/Johannesburg")).toEqual({
    from: "2026-02-28T22:00:00.000Z",
    to: "2026-03-31T22:00:00.000Z",
  });
  expect(daysAsPeriod(undefined, "2026-03-31", "UTC")?.to).toBe("2026-04-01T00:00:00.000Z");
  expect(daysAsPeriod("2026-04-01", "2026-03-31", "UTC")).toBeNull();
  expect(daysAsPeriod(undefined, undefined, "UTC")).toBeNull();
});

it("knows of which day an instant is", () => {
  expect(dayOf("2026-02-28T22:00:00.000Z", "Africa/Johannesburg")).toBe("2026-03-01");
  expect(dayOf("2026-02-28T21:59:59.999Z", "Africa/Johannesburg")).toBe("2026-02-28");
});
