import { describe, expect, it } from "vitest";
import { monthOf, previousOf, stepsOf } from "./calendar.js";

const at = (text: string) => new Date(text);
const texts = (dates: Date[]) => dates.map((date) => date.toISOString());

describe("the calendar of a zone", () => {
  it("begins months at its own midnight, across years and changes of the clock", () => {
    expect(monthOf("Africa/Johannesburg", at("2026-02-28T22:00:00Z"))).toEqual({
      from: at("2026-02-28T22:00:00Z"),
      to: at("2026-03-31T22:00:00Z"),
    });
    expect(monthOf("Africa/Johannesburg", at("2026-01-31T21:59:59.999Z"), -1).from).toEqual(at("2025-11-30T22:00:00Z"));
    expect(monthOf("Europe/Berlin", at("2026-03-15T12:00:00Z"))).toEqual({
      from: at("2026-02-28T23:00:00Z"),
      to: at("2026-03-31T22:00:00Z"),
    });
    expect(monthOf("Asia/Kolkata", at("2026-12-31T18:30:00Z")).from).toEqual(at("2026-12-31T18:30:00Z"));
  });

  it("has days of 23 and 25 hours, and days without a midnight", () => {
    const days = (zone: string, from: string, to: string) =>
      texts(stepsOf(zone, { from: at(from), to: at(to) }, "DAY", 10));
    expect(days("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z")).toEqual([
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
    ]);
    expect(days("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-26T23:00:00Z")).toEqual([
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
    ]);
    // In Cairo clocks go from 23:59:59 to 01:00 on the last Friday of April.
    expect(days("Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-25T00:00:00Z")).toEqual([
      "2026-04-23T12:00:00.000Z",
      "2026-04-23T22:00:00.000Z",
      "2026-04-24T21:00:00.000Z",
    ]);
  });

  it("compares months with the months before them, and any other time with as much just before it", () => {
    const zone = "Africa/Johannesburg";
    const march = monthOf(zone, at("2026-03-10T00:00:00Z"));
    expect(previousOf(zone, march)).toEqual(monthOf(zone, march.from, -1));
    const quarter = { from: march.from, to: monthOf(zone, march.from, 2).to };
    expect(previousOf(zone, quarter).from).toEqual(monthOf(zone, march.from, -3).from);
    expect(previousOf(zone, { from: at("2026-03-10T00:00:00Z"), to: at("2026-03-17T00:00:00Z") }).from).toEqual(
      at("2026-03-03T00:00:00Z"),
    );
  });

  it("takes steps from where a period begins, and no more than asked for", () => {
    const period = { from: at("2026-03-10T10:30:00Z"), to: at("2026-03-10T13:00:00Z") };
    expect(texts(stepsOf("UTC", period, "HOUR", 10))).toEqual([
      "2026-03-10T10:30:00.000Z",
      "2026-03-10T11:00:00.000Z",
      "2026-03-10T12:00:00.000Z",
    ]);
    expect(stepsOf("UTC", { from: period.from, to: at("2027-03-10T00:00:00Z") }, "MONTH", 100)).toHaveLength(13);
    expect(stepsOf("UTC", { from: period.from, to: at("2036-03-10T00:00:00Z") }, "DAY", 100)).toHaveLength(101);
  });
});
