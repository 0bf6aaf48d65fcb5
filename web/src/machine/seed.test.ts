import { describe, expect, it } from "vitest";
import { seedFromWindow } from "./seed.js";

describe("the beginning of a live chart", () => {
  it("is the window's CPU and its memory as a share, with gaps kept", () => {
    const series = { minimum: [], maximum: [], coverage: [] };
    const rows = seedFromWindow(
      {
        level: "RAW",
        stepSeconds: 5,
        at: ["2026-11-21T12:00:00.000Z", "2026-11-21T12:00:05.000Z"],
        series: [
          { ...series, metric: "CPU", average: [10, null] },
          { ...series, metric: "MEMORY_USED", average: [null, 512] },
        ],
      },
      "1024",
    );
    const start = Date.parse("2026-11-21T12:00:00.000Z") / 1000;
    expect(rows).toEqual([
      [start, [10, null]],
      [start + 5, [null, 50]],
    ]);
  });
});
