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

  it("does nothing the second time", async () => {
    const before = await samples();
    expect(await seedTelemetry(telemetry.subgraph, { machines, now: new Date(), historyHours: 24 })).toBe(0);
    expect(await samples()).toBe(before);
  });
});
