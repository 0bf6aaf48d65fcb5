import { describe, expect, it } from "vitest";
import { type Busy, seedRows } from "./busiest.js";

function machine(id: string, points: [at: string, cpu: number | null][]): Busy {
  return {
    id,
    name: id,
    organisation: null,
    window: { at: points.map(([at]) => at), series: [{ metric: "CPU", average: points.map(([, cpu]) => cpu) }] },
  };
}

describe("the past of the busiest machines", () => {
  it("brings machines that are sampled within one second into one row", () => {
    const rows = seedRows([
      machine("a", [["2026-11-21T12:00:00.100Z", 10]]),
      machine("b", [["2026-11-21T12:00:00.900Z", 20]]),
    ]);
    expect(rows).toEqual([[Date.parse("2026-11-21T12:00:00.000Z") / 1000, [10, 20]]]);
  });

  it("is in order of time, with gaps where a machine was not measured", () => {
    const rows = seedRows([
      machine("a", [["2026-11-21T12:01:00.000Z", 11]]),
      machine("b", [
        ["2026-11-21T12:00:00.000Z", 20],
        ["2026-11-21T12:01:00.000Z", null],
      ]),
    ]);
    expect(rows.map(([, values]) => values)).toEqual([
      [null, 20],
      [11, null],
    ]);
  });

  it("is empty for a machine without a window", () => {
    expect(seedRows([{ id: "a", name: "a", organisation: null, window: null }])).toEqual([]);
  });
});
