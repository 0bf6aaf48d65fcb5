import { describe, expect, it } from "vitest";
import { localeChoices, sampleOf, timeZoneChoices } from "./regions.js";

describe("the choices of a profile", () => {
  it("name languages and regions, with the person's own among them, once", () => {
    const choices = localeChoices("de-AT");
    expect(choices).toContainEqual({ value: "de-AT", label: "German (Austria)" });
    expect(localeChoices("en-ZA").filter(({ value }) => value === "en-ZA")).toHaveLength(1);
    expect(choices.map(({ label }) => label)).toEqual(
      [...choices.map(({ label }) => label)].sort((a, b) => a.localeCompare(b, "en")),
    );
  });

  it("have all time zones, under an old name too where the person's is one", () => {
    const values = timeZoneChoices("US/Pacific").map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(["UTC", "Africa/Johannesburg", "US/Pacific"]));
    expect(new Set(values).size).toBe(values.length);
    expect(timeZoneChoices(null)).toContainEqual({ value: "America/New_York", label: "America/New York" });
  });

  it("show how amounts and times look", () => {
    const at = new Date("2026-03-01T12:00:00Z");
    expect(sampleOf("de-DE", "UTC", at)).toBe("1.234,50 · 01.03.2026, 12:00");
  });
});
