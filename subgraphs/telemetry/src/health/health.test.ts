import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { NewSample } from "../samples/metrics.js";
import { addMachines, ask, machine, member, sample, startTelemetry, store } from "../testing/fixtures.js";
import { type Health, refreshHealth } from "./health.js";
import { type HourOfMachine, judge } from "./score.js";

const tree = testTree();
let telemetry: TestSubgraph;

const hour = (values: Partial<HourOfMachine> = {}): HourOfMachine => ({
  cpuAverage: 0.3,
  memoryAverage: 0.5,
  diskShare: 0.4,
  availability: 1,
  ...values,
});

/** A machine with a sample a minute over the last hour. */
const machineWith = async (
  values: (minutesAgo: number) => Partial<NewSample> | null,
  state: "RUNNING" | "STOPPED" = "RUNNING",
) => {
  const [vmId = ""] = await addMachines(telemetry, [machine(tree.customer, { state })]);
  const now = Date.now();
  const samples = Array.from({ length: 60 }, (_, minutesAgo) => {
    const given = values(minutesAgo);
    return given ? [sample(vmId, new Date(now - minutesAgo * 60_000 - 500), { intervalSeconds: 60, ...given })] : [];
  });
  await store(telemetry, samples.flat());
  return vmId;
};

const healthOf = async (id: string) => {
  const document = "query ($id: ID!) { vm(id: $id) { health { score reasons { kind points message } at } } }";
  return (await ask<{ vm: { health: Health | null } }>(telemetry, document, { id }, member(tree.customer))).vm.health;
};

const refresh = () => telemetry.subgraph.database.system("tests", (tx) => refreshHealth(tx, new Date()));

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
});

afterAll(() => telemetry.stop());

describe("the score of a machine", () => {
  it("is full where nothing is scarce", () => {
    expect(judge(hour())).toEqual({ score: 100, reasons: [] });
    expect(judge(hour({ cpuAverage: null, memoryAverage: null, diskShare: null }))).toEqual({
      score: 100,
      reasons: [],
    });
  });

  it("loses points for each thing that is scarce, and says which, the weightiest first", () => {
    const { score, reasons } = judge(hour({ cpuAverage: 0.85, memoryAverage: 0.9, diskShare: 1 }));
    expect(reasons.map(({ kind, points }) => [kind, points])).toEqual([
      ["DISK_HEADROOM", 40],
      ["CPU", 15],
      ["MEMORY", 15],
    ]);
    expect(score).toBe(30);
    expect(reasons[0]?.message).toBe("100 % of the disk is full.");
  });

  it("falls with the share of the hour that was not measured, to nothing", () => {
    expect(judge(hour({ availability: 0.98 })).score).toBe(100);
    expect(judge(hour({ availability: 0.5 }))).toMatchObject({
      score: 70,
      reasons: [{ kind: "AVAILABILITY", points: 30 }],
    });
    expect(judge(hour({ availability: 0 }))).toMatchObject({ score: 0, reasons: [{ kind: "NO_DATA", points: 100 }] });
  });

  it("stays between 0 and 100 when everything is scarce", () => {
    expect(judge(hour({ cpuAverage: 1, memoryAverage: 1, diskShare: 1, availability: 0.1 })).score).toBe(0);
  });
});

describe("the health of machines", () => {
  it("is drawn from the samples of the last hour", async () => {
    const busy = await machineWith(() => ({
      cpuPercent: 85,
      memoryUsedBytes: 1n,
      memoryTotalBytes: 2n,
      diskUsedBytes: 9n,
      diskTotalBytes: 10n,
    }));
    const half = await machineWith((minutesAgo) => (minutesAgo < 30 ? { cpuPercent: 10 } : null));
    await refresh();
    expect(await healthOf(busy)).toMatchObject({
      score: 65,
      reasons: [
        { kind: "DISK_HEADROOM", points: 20 },
        { kind: "CPU", points: 15 },
      ],
    });
    expect(await healthOf(half)).toMatchObject({ reasons: [{ kind: "AVAILABILITY", points: 30 }] });
  });

  it("is NO_DATA for a machine that runs and says nothing, and none for one that stands still", async () => {
    const silent = await machineWith(() => null);
    const standing = await machineWith(() => ({ cpuPercent: 1 }), "STOPPED");
    await refresh();
    expect(await healthOf(silent)).toMatchObject({ score: 0, reasons: [{ kind: "NO_DATA" }] });
    expect(await healthOf(standing)).toBeNull();
  });

  it("misses nothing from before a machine started", async () => {
    const started = new Date(Date.now() - 10 * 60_000 - 90_000);
    const young = machine(tree.customer, { createdAt: started });
    await addMachines(telemetry, [young]);
    const samples = Array.from({ length: 10 }, (_, i) =>
      sample(young.id, new Date(Date.now() - i * 60_000 - 500), { intervalSeconds: 60, cpuPercent: 1 }),
    );
    await store(telemetry, samples);
    await refresh();
    expect(await healthOf(young.id)).toMatchObject({ score: 100 });
  });
});
