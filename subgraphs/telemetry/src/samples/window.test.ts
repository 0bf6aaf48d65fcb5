import { countStatements } from "@tollgate/kit";
import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, ask, codeOf, machine, member, sample, startTelemetry, store } from "../testing/fixtures.js";
import type { NewSample } from "./metrics.js";
import type { MetricWindow } from "./window.js";

const tree = testTree();
let telemetry: TestSubgraph;

/** The start of an hour, some hours ago, so that buckets of any usual step begin with it. */
const start = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 6 * 3_600_000;
const at = (seconds: number) => new Date(start + seconds * 1_000);

/** As a client sends it. */
const periodOf = (from: number, to: number) => ({ from: at(from).toISOString(), to: at(to).toISOString() });

const WINDOW = `query ($id: ID!, $metrics: [Metric!]!, $period: PeriodInput!, $maxPoints: Int) { vm(id: $id) {
  window(metrics: $metrics, period: $period, maxPoints: $maxPoints) {
    level stepSeconds at series { metric average minimum maximum count coverage } } } }`;

interface Answer {
  vm: { window: Omit<MetricWindow, "at"> & { at: string[] } };
}

const windowOf = async (vmId: string, seconds: number, maxPoints: number, metrics = ["CPU"]) => {
  const period = periodOf(0, seconds);
  const { vm } = await ask<Answer>(telemetry, WINDOW, { id: vmId, metrics, period, maxPoints }, member(tree.customer));
  return vm.window;
};

const machineWith = async (values: (seconds: number) => Partial<NewSample> | null, seconds: number, every = 10) => {
  const [vmId = ""] = await addMachines(telemetry, [machine(tree.customer)]);
  const samples = Array.from({ length: seconds / every }, (_, i) => i * every).flatMap((second) => {
    const given = values(second);
    return given ? [sample(vmId, at(second), { intervalSeconds: every, ...given })] : [];
  });
  await store(telemetry, samples);
  return vmId;
};

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { rollUpSeconds: null });
});

afterAll(() => telemetry.stop());

describe("a window of samples", () => {
  it("shows every sample where there are points enough", async () => {
    const vmId = await machineWith((second) => ({ cpuPercent: second / 10 }), 100);
    expect(await windowOf(vmId, 100, 300)).toEqual({
      level: "RAW",
      stepSeconds: 10,
      at: Array.from({ length: 10 }, (_, i) => at(i * 10).toISOString()),
      series: [
        {
          metric: "CPU",
          average: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
          minimum: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
          maximum: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
          count: Array(10).fill(1),
          coverage: Array(10).fill(1),
        },
      ],
    });
  });

  it("keeps the extremes, and averages by the time that samples stand for", async () => {
    const vmId = await machineWith((second) => ({ cpuPercent: second === 30 ? 95 : 5 }), 600);
    const { series, stepSeconds } = await windowOf(vmId, 600, 11);
    expect(stepSeconds).toBe(60);
    expect(series[0]).toMatchObject({
      maximum: [95, ...Array(9).fill(5)],
      minimum: Array(10).fill(5),
      count: Array(10).fill(6),
    });
    expect(series[0]?.average[0]).toBeCloseTo(20);
  });

  it("shows gaps as null, never as zero, with the share that was measured", async () => {
    const vmId = await machineWith(
      (second) => (second < 60 || second === 150 ? { cpuPercent: 0, load: second === 0 ? 1 : null } : null),
      240,
    );
    const { series } = await windowOf(vmId, 240, 5, ["CPU", "LOAD"]);
    expect(series[0]).toMatchObject({ average: [0, null, 0, null], count: [6, 0, 1, 0], maximum: [0, null, 0, null] });
    expect(series[0]?.coverage.map((share) => Math.round(share * 100))).toEqual([100, 0, 17, 0]);
    expect(series[1]).toMatchObject({ metric: "LOAD", average: [1, null, null, null], count: [1, 0, 0, 0] });
  });

  it("is never finer than its samples, so that a minute's rhythm shows no gaps", async () => {
    const vmId = await machineWith(() => ({ cpuPercent: 50 }), 3_600, 60);
    const { series, stepSeconds } = await windowOf(vmId, 3_600, 2_000);
    expect(stepSeconds).toBe(60);
    expect(series[0]?.coverage).toEqual(Array(60).fill(1));
  });

  it("is empty, not missing, for a machine without samples", async () => {
    const vmId = await machineWith(() => null, 10);
    const { at: moments, series } = await windowOf(vmId, 600, 11);
    expect(moments.length).toBe(10);
    expect(series[0]?.average).toEqual(Array(10).fill(null));
    expect(series[0]?.coverage).toEqual(Array(10).fill(0));
  });

  it("counts bytes beyond 2^53 without a sign of strain", async () => {
    const vmId = await machineWith(() => ({ memoryUsedBytes: 2n ** 59n }), 10);
    const { series } = await windowOf(vmId, 10, 300, ["MEMORY_USED"]);
    expect(series[0]?.maximum).toEqual([2 ** 59]);
  });

  it("refuses what cannot be drawn", async () => {
    const vmId = await machineWith(() => null, 10);
    const refused = [
      { period: periodOf(10, 10) },
      { period: periodOf(10, 5) },
      { period: periodOf(-751 * 86_400, 0) },
      { maxPoints: 2_001 },
      { maxPoints: 1 },
      { metrics: [] },
      { period: { from: "yesterday", to: "today" } },
    ];
    for (const variables of refused) {
      const given = { id: vmId, metrics: ["CPU"], period: periodOf(0, 60), ...variables };
      expect(codeOf(await telemetry.execute(WINDOW, given, member(tree.customer)))).toBe("INVALID_INPUT");
    }
  });

  it("takes one statement for all metrics and all machines", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.push(await machineWith(() => ({ cpuPercent: i, load: i }), 60));
    const document = (
      metrics: string,
    ) => `query ($ids: [ID!], $period: PeriodInput!) { vms(filter: { ids: $ids }) { nodes {
      window(metrics: [${metrics}], period: $period) { series { average } } } } }`;
    const count = async (chosen: string[], metrics: string) => {
      const variables = { ids: chosen, period: periodOf(0, 60) };
      return (await countStatements(() => ask(telemetry, document(metrics), variables, member(tree.customer)))).length;
    };
    const one = await count(ids.slice(0, 1), "CPU");
    expect(await count(ids, "CPU, LOAD, MEMORY_USED, UPTIME")).toBe(one);
  });
});
