import { describe, expect, it } from "vitest";
import { type MetricWindow, newestRow, windowColumns } from "./window-data.js";

const LINES = [{ metric: "CPU", label: "CPU", colour: "--chart-1" }] as const;

function cpuWindow(at: string[], average: (number | null)[]): MetricWindow {
  return {
    level: "FIVE_MINUTES",
    stepSeconds: 300,
    at,
    series: [{ metric: "CPU", average, minimum: average, maximum: average, coverage: average.map(() => 1) }],
  };
}

describe("past charts", () => {
  it("keep a gap as a gap", () => {
    const columns = windowColumns(
      cpuWindow(["2026-11-21T12:00:00.000Z", "2026-11-21T12:05:00.000Z", "2026-11-21T12:10:00.000Z"], [1, null, 3]),
      LINES,
    );
    expect(columns[1]).toEqual([1, null, 3]);
  });

  it("show buckets that are missing altogether as a gap", () => {
    const columns = windowColumns(cpuWindow(["2026-11-21T12:00:00.000Z", "2026-11-21T13:00:00.000Z"], [1, 2]), LINES);
    const start = Date.parse("2026-11-21T12:00:00.000Z") / 1000;
    expect(columns[0]).toEqual([start, start + 300, start + 3600]);
    expect(columns[1]).toEqual([1, null, 2]);
    expect(columns[3]).toEqual([1, null, 2]);
  });

  it("draw nothing for a metric that did not come", () => {
    const columns = windowColumns(cpuWindow(["2026-11-21T12:00:00.000Z"], [1]), [
      { metric: "LOAD", label: "Load", colour: "--chart-1" },
    ]);
    expect(columns.slice(1)).toEqual([[null], [null], [null]]);
  });

  it("know their newest measured row", () => {
    expect(
      newestRow([
        [1, 2, 3],
        [5, 6, null],
      ]),
    ).toBe(1);
    expect(newestRow([[1], [null]])).toBeNull();
  });
});
