import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { PROFILES, type Profile, seedTelemetry } from "./index.js";
import { ask, machine, member, startTelemetry } from "./testing/fixtures.js";

const tree = testTree();
const profiles = Object.keys(PROFILES) as Profile[]; // the keys of a closed record
let telemetry: TestSubgraph;

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
});

afterAll(() => telemetry.stop());

const DAY = 86_400_000;

describe("seeding", () => {
  const machines = profiles.map((profile) => machine(tree.customer, { profile, name: profile }));
  const now = new Date();
  const samples = () =>
    telemetry.subgraph.database.system("tests", async (tx) => {
      const [row] = await tx.sql<{ samples: number }[]>`select count(*)::int as samples from sample`;
      return row?.samples ?? 0;
    });

  it("fills the charts of a day without gaps, and those of a week", async () => {
    expect(await seedTelemetry(telemetry.subgraph, { machines, now, historyHours: 24 })).toBe(machines.length);
    const document = `query ($id: ID!, $day: PeriodInput!, $week: PeriodInput!) { vm(id: $id) { latest { cpuPercent } health { score }
      day: window(metrics: [CPU], period: $day) { series { coverage } } week: window(metrics: [CPU], period: $week) { series { coverage } } } }`;
    type Chart = { series: { coverage: number[] }[] };
    type Answer = { vm: { latest: object | null; health: { score: number } | null; day: Chart; week: Chart } };
    const since = (days: number) => ({
      from: new Date(now.getTime() - days * 86_400_000).toISOString(),
      to: now.toISOString(),
    });
    const variables = { id: machines[0]?.id, day: since(1), week: since(6.9) };
    const { vm } = await ask<Answer>(telemetry, document, variables, member(tree.customer));
    expect(vm.latest).not.toBeNull();
    expect(vm.health?.score).toBeGreaterThan(50);
    for (const { series } of [vm.day, vm.week]) {
      const covered = series[0]?.coverage.filter((share) => share > 0) ?? [];
      expect(covered.length / (series[0]?.coverage.length ?? 1)).toBeGreaterThan(0.97);
    }
  });

  it("gives machines a year by the hour that goes over into the week of samples without a seam", async () => {
    const old = machine(tree.sibling, { profile: "web", createdAt: new Date(now.getTime() - 400 * DAY) });
    const young = machine(tree.sibling, { profile: "idle", createdAt: new Date(now.getTime() - 20 * DAY) });
    await seedTelemetry(telemetry.subgraph, { machines: [old, young], now, historyHours: 24, historyDays: 365 });
    const document = `query ($ids: [ID!], $period: PeriodInput!) { vms(filter: { ids: $ids }) { nodes { id
      window(metrics: [CPU], period: $period) { level stepSeconds series { average coverage count } } } } }`;
    const windowsOf = async (from: number, to = now.getTime()) => {
      const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      const { vms } = await ask<{ vms: { nodes: { id: string; window: Seen }[] } }>(
        telemetry,
        document,
        { ids: [old.id, young.id], period },
        member(tree.sibling),
      );
      return [old, young].map(({ id }) => vms.nodes.find((node) => node.id === id)?.window);
    };
    type Seen = { level: string; stepSeconds: number; series: { average: number[]; coverage: number[] }[] };
    const known = (seen: Seen | undefined) =>
      (seen?.series[0]?.average.filter((value) => value !== null).length ?? 0) / (seen?.series[0]?.average.length ?? 1);

    const [year, shorter] = await windowsOf(now.getTime() - 365 * DAY);
    expect(year?.level).toBe("ONE_HOUR");
    expect(known(year)).toBe(1);
    expect(Math.min(...(year?.series[0]?.coverage.slice(1, -1) ?? []))).toBeGreaterThan(0.9);
    expect(known(shorter)).toBeGreaterThan(0.04);
    expect(known(shorter)).toBeLessThan(0.07);
    const [fortnight] = await windowsOf(now.getTime() - 14 * DAY);
    expect(known(fortnight)).toBe(1);
    // Ages ago hours are all there is, however few of them were asked for.
    const [day] = await windowsOf(now.getTime() - 200 * DAY, now.getTime() - 199 * DAY);
    expect(day).toMatchObject({ level: "ONE_HOUR", stepSeconds: 3_600 });
    expect(known(day)).toBeGreaterThan(0.9);
  });

  it("does nothing the second time", async () => {
    const before = await samples();
    expect(await seedTelemetry(telemetry.subgraph, { machines, now: new Date(), historyHours: 24 })).toBe(0);
    expect(await samples()).toBe(before);
  });
});
