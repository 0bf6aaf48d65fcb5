import { countStatements } from "@tollgate/kit";
import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, ask, machine, member, sample, startTelemetry, store } from "../testing/fixtures.js";
import { rollUpAll } from "../testing/rollups.js";
import type { Level } from "./levels.js";
import type { NewSample } from "./metrics.js";
import { SamplePartitions } from "./partitions.js";
import { type MetricWindow, windows } from "./window.js";

const tree = testTree();
const HOUR = 3_600;
const DAY = 24 * HOUR;
const RETENTION = { rawDays: 7, fiveMinuteDays: 90, oneHourDays: 730 };
/** Seconds since 1970; a day of samples a minute apart begins here, with a hole in it, and is rolled up but for its end. */
const start = Math.floor(Date.now() / 1_000 / DAY) * DAY - 120 * DAY;
const end = start + DAY;
const rolledUpTo = start + 22 * HOUR + 25 * 60;

let telemetry: TestSubgraph;
let vmId: string;
let samples: { at: number; cpu: number }[];

const windowOf = async (from: number, to: number, maxPoints: number): Promise<MetricWindow> => {
  const period = { from: new Date(from * 1_000), to: new Date(to * 1_000) };
  const request = { vmId, metrics: ["CPU" as const], period, maxPoints };
  const found = await telemetry.subgraph.database.system("tests", (tx) => windows(tx, [request]));
  const window = found.get(request);
  if (!window) throw new Error("no window");
  return window;
};

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { rollUpSeconds: null });
  [vmId = ""] = await addMachines(telemetry, [machine(tree.customer)]);
  samples = Array.from({ length: DAY / 60 }, (_, minute) => ({
    at: start + minute * 60 + (minute % 7),
    cpu: ((minute * 7_919) % 10_007) / 101,
  })).filter(({ at }) => at < start + 3 * HOUR || at >= start + 5 * HOUR);
  const stored = samples.map(
    ({ at, cpu }): NewSample => sample(vmId, new Date(at * 1_000), { intervalSeconds: 60, cpuPercent: cpu }),
  );
  await store(telemetry, stored);
  // 30 seconds are given to samples to arrive.
  await rollUpAll(telemetry, new Date((rolledUpTo + 30) * 1_000));
});

afterAll(() => telemetry.stop());

/** How far a period is widened at one of its ends: whole buckets where they are rolled up, not at all where samples are read. */
const widthAt = (level: Level, moment: number): number => {
  if (level === "ONE_HOUR" && moment < Math.floor(rolledUpTo / HOUR) * HOUR) return HOUR;
  return level !== "RAW" && moment < rolledUpTo ? 300 : 1;
};

/** What each bucket must say, from the samples one by one. */
const expected = ({ level, at, stepSeconds }: MetricWindow, from: number, to: number) => {
  const [fromWidth, toWidth] = [widthAt(level, from), widthAt(level, to)];
  const first = Math.floor(from / fromWidth) * fromWidth;
  const last = Math.ceil(to / toWidth) * toWidth;
  return at.map((moment) => {
    const bucket = moment.getTime() / 1_000;
    const [begin, finish] = [Math.max(bucket, first), Math.min(bucket + stepSeconds, last)];
    const values = samples.filter((one) => one.at >= begin && one.at < finish).map(({ cpu }) => cpu);
    const known = values.length > 0;
    return {
      count: values.length,
      minimum: known ? Math.min(...values) : null,
      maximum: known ? Math.max(...values) : null,
      average: known ? expect.closeTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6) : null,
      coverage: expect.closeTo(Math.min(1, (values.length * 60) / (finish - begin)), 6),
    };
  });
};

const bucketsOf = ({ series: [cpu] }: MetricWindow) =>
  (cpu?.count ?? []).map((count, index) => ({
    count,
    minimum: cpu?.minimum[index],
    maximum: cpu?.maximum[index],
    average: cpu?.average[index],
    coverage: cpu?.coverage[index],
  }));

describe("a window over the levels", () => {
  it("says what the samples say, whatever level it is read from, also where one ends and the next goes on", async () => {
    const seen = new Set<Level>();
    const period = fc.record({
      from: fc.integer({ min: -2 * HOUR, max: DAY - 1 }),
      length: fc.oneof(fc.integer({ min: 1, max: 2 * HOUR }), fc.integer({ min: 1, max: DAY })),
      maxPoints: fc.oneof(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 2_000 })),
    });
    await fc.assert(
      fc.asyncProperty(period, async ({ from, length, maxPoints }) => {
        const [begin, finish] = [start + from, start + from + length];
        const window = await windowOf(begin, finish, maxPoints);
        seen.add(window.level);
        expect(window.at.length).toBeLessThanOrEqual(maxPoints);
        expect(bucketsOf(window)).toEqual(expected(window, begin, finish));
      }),
      { numRuns: 150 },
    );
    expect([...seen].sort()).toEqual(["FIVE_MINUTES", "ONE_HOUR", "RAW"]);
  });

  it.each([
    ["an hour", HOUR, "RAW"],
    ["a day", DAY, "FIVE_MINUTES"],
    ["a week", 7 * DAY, "FIVE_MINUTES"],
    ["a month", 30 * DAY, "ONE_HOUR"],
    ["a year", 365 * DAY, "ONE_HOUR"],
  ])("reads %s of 300 points from the level that has them", async (_, seconds, level) => {
    const window = await windowOf(end - seconds, end, 300);
    expect(window.level).toBe(level);
    expect(window.at.length).toBeGreaterThanOrEqual(60);
    expect(window.at.length).toBeLessThanOrEqual(300);
  });

  it("takes as many statements for many machines and metrics as for one", async () => {
    const others = [machine(tree.customer), machine(tree.customer)];
    await addMachines(telemetry, others);
    const document = (
      metrics: string,
    ) => `query ($ids: [ID!], $period: PeriodInput!) { vms(filter: { ids: $ids }) { nodes {
      window(metrics: [${metrics}], period: $period) { level series { average } } } } }`;
    const period = { from: new Date((end - 30 * DAY) * 1_000).toISOString(), to: new Date(end * 1_000).toISOString() };
    const count = async (ids: string[], metrics: string) =>
      (await countStatements(() => ask(telemetry, document(metrics), { ids, period }, member(tree.customer)))).length;
    const ids = [vmId, ...others.map(({ id }) => id)];
    expect(await count(ids, "CPU, LOAD, MEMORY_USED, UPTIME")).toBe(await count([vmId], "CPU"));
  });

  it("falls back to rollups for times whose samples are kept no more", async () => {
    const [from, to] = [start + 12 * HOUR, start + 13 * HOUR];
    const before = await windowOf(from, to, 100);
    expect(before.level).toBe("RAW");
    await rollUpAll(telemetry, new Date((start + 40 * DAY) * 1_000));
    const partitions = new SamplePartitions(telemetry.subgraph.database);
    await partitions.retire(new Date((start + 40 * DAY) * 1_000), RETENTION);
    const later = await windowOf(from, to, 100);
    expect(later).toMatchObject({ level: "FIVE_MINUTES", stepSeconds: 300 });
    const sum = (window: MetricWindow) => window.series[0]?.count.reduce((total, count) => total + count, 0);
    expect(sum(later)).toBe(sum(before));
    await rollUpAll(telemetry, new Date((start + 140 * DAY) * 1_000));
    await partitions.retire(new Date((start + 140 * DAY) * 1_000), RETENTION);
    const last = await windowOf(from, to, 100);
    expect(last).toMatchObject({ level: "ONE_HOUR", stepSeconds: 3_600 });
    expect(sum(last)).toBe(sum(before));
  });
});
