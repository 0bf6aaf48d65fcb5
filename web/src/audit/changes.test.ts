import { describe, expect, it } from "vitest";
import { changesBetween } from "./changes.js";

describe("what changed", () => {
  it("is told value by value, and what stayed is left out", () => {
    const before = { name: "web", size: { cpus: 2, disks: [10, 20] }, labels: {} };
    const after = { name: "web", size: { cpus: 4, disks: [10] }, note: null };
    expect(changesBetween(before, after)).toEqual([
      { path: "size.cpus", before: "2", after: "4" },
      { path: "size.disks.1", before: "20", after: null },
      { path: "labels", before: "empty", after: null },
      { path: "note", before: null, after: "none" },
    ]);
  });

  it("is everything where there was nothing before, and nothing where nothing is told", () => {
    expect(changesBetween(null, { state: "STOPPED" })).toEqual([{ path: "state", before: null, after: "STOPPED" }]);
    expect(changesBetween(null, "x")).toEqual([{ path: "value", before: null, after: "x" }]);
    expect(changesBetween(null, null)).toEqual([]);
  });
});
