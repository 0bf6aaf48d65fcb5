import { describe, expect, it } from "vitest";
import { createSeriesBuffer } from "./series-buffer.js";

describe("a series buffer", () => {
  it("gives its rows back in order, with null where nothing was measured", () => {
    const buffer = createSeriesBuffer(2, 10);
    buffer.push(1, [10, null]);
    buffer.push(2, [Number.NaN, 5]);
    expect(buffer.since(0)).toEqual([
      [1, 2],
      [10, null],
      [null, 5],
    ]);
  });

  it("keeps the newest rows when it is full", () => {
    const buffer = createSeriesBuffer(1, 3);
    for (const second of [1, 2, 3, 4, 5]) buffer.push(second, [second * 10]);
    expect(buffer.since(0)).toEqual([
      [3, 4, 5],
      [30, 40, 50],
    ]);
    expect(buffer.oldest()).toBe(3);
    expect(buffer.newest()).toBe(5);
  });

  it("finds the rows since a moment, also after it wrapped around", () => {
    const buffer = createSeriesBuffer(1, 4);
    for (const second of [1, 2, 3, 4, 5, 6]) buffer.push(second, [second]);
    expect(buffer.since(5)[0]).toEqual([5, 6]);
    expect(buffer.since(7)[0]).toEqual([]);
  });

  it("ignores a row that is not newer than the last, and says when it changed", () => {
    const buffer = createSeriesBuffer(1, 10);
    let changes = 0;
    buffer.version.subscribe(() => {
      changes += 1;
    });
    buffer.push(5, [1]);
    buffer.push(5, [2]);
    buffer.push(4, [3]);
    expect(buffer.since(0)).toEqual([[5], [1]]);
    expect(changes).toBe(1);
  });
});
