import { beforeEach, describe, expect, it } from "vitest";
import { forgetUsages, takeIn, usageOf } from "./samples.js";

function sample(id: string, at: string, cpuPercent: number | null) {
  return { vm: { id }, at, cpuPercent, memoryUsedBytes: "4294967296", memoryTotalBytes: "8589934592" };
}

describe("live samples", () => {
  beforeEach(forgetUsages);

  it("become the newest usage of their machine, memory as a share", () => {
    takeIn([sample("a", "2026-11-21T12:00:00.000Z", 12.5)]);
    expect(usageOf("a").get()).toEqual({ at: Date.parse("2026-11-21T12:00:00.000Z"), cpu: 12.5, memory: 50 });
  });

  it("tell those who watch the machine, and only them", () => {
    const heard: string[] = [];
    usageOf("a").subscribe(() => heard.push("a"));
    usageOf("b").subscribe(() => heard.push("b"));
    takeIn([sample("a", "2026-11-21T12:00:00.000Z", 1)]);
    expect(heard).toEqual(["a"]);
  });

  it("leave out of the chart what a stopped machine repeats", () => {
    const { at, fresh } = takeIn([
      sample("running", "2026-11-21T12:00:00.000Z", 1),
      sample("stopped", "2026-11-21T11:00:00.000Z", 99),
    ]);
    expect(at).toBe(Date.parse("2026-11-21T12:00:00.000Z"));
    expect([...fresh.keys()]).toEqual(["running"]);
  });
});
