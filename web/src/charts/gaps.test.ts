import { describe, expect, it } from "vitest";
import { findGaps, lonelyRows } from "./gaps.js";

function measuredAt(...times: number[]): [number[], number[]] {
  return [times, times.map(() => 1)];
}

describe("where a line breaks", () => {
  it("is where a source fell silent for longer than its rhythm", () => {
    const [times, values] = measuredAt(0, 5, 10, 15, 60, 65, 70);
    expect(findGaps(times, values, 20)).toEqual([[3, 4]]);
  });

  it("is not where the source is slow as ever", () => {
    const [times, values] = measuredAt(0, 60, 120, 180, 240);
    expect(findGaps(times, values, 20)).toEqual([]);
  });

  it("is not where a slow past meets a quick present", () => {
    const [times, values] = measuredAt(0, 60, 120, 180, 225, 230, 235, 240, 245, 250);
    expect(findGaps(times, values, 20)).toEqual([]);
  });

  it("is at both sides of a single sample between two silences", () => {
    const [times, values] = measuredAt(0, 5, 10, 15, 20, 120, 220, 225, 230, 235, 240);
    const gaps = findGaps(times, values, 20);
    expect(gaps).toEqual([
      [4, 5],
      [5, 6],
    ]);
    expect(lonelyRows(values, gaps)).toEqual([5]);
  });

  it("does not count rows in which only others were measured", () => {
    expect(findGaps([0, 1, 2, 3, 4, 5, 6], [1, null, 1, null, 1, null, 1], 20)).toEqual([]);
  });

  it("leaves the only value of a series to be drawn as a point", () => {
    expect(lonelyRows([null, 1, null], [])).toEqual([1]);
    expect(lonelyRows([1, 1], [])).toEqual([]);
  });
});
