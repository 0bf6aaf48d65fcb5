import { expect, it } from "vitest";
import { runwaySeconds } from "./runway.js";

const amount = (minorUnits: string) => ({ minorUnits });

it("tells for how long the money lasts", () => {
  expect(runwaySeconds(amount("500"), amount("42"))).toBe(42_857);
  expect(runwaySeconds(amount("0"), amount("42"))).toBe(0);
  expect(runwaySeconds(amount("-500"), amount("42"))).toBe(0);
});

it("is unknown while nothing is used", () => {
  expect(runwaySeconds(amount("500"), amount("0"))).toBeNull();
});
