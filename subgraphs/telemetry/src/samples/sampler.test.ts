import { type TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, ask, machine, member, startTelemetry } from "../testing/fixtures.js";

const tree = testTree();
let telemetry: TestSubgraph;

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { simulate: true, sampleSeconds: 1 });
});

afterAll(() => telemetry.stop());

describe("the sampler of the simulated fleet", () => {
  it("samples running machines by the clock, and judges their health", async () => {
    const [id] = await addMachines(telemetry, [machine(tree.customer, { profile: "database" })]);
    const document = "query ($id: ID!) { vm(id: $id) { latest { at cpuPercent memoryUsedBytes } health { score } } }";
    type Answer = { vm: { latest: { at: string; cpuPercent: number } | null; health: { score: number } | null } };
    const look = async () => (await ask<Answer>(telemetry, document, { id }, member(tree.customer))).vm;
    const seeded = (await look()).latest?.at ?? "";
    await until(async () => ((await look()).latest?.at ?? "") > seeded);
    const first = (await look()).latest?.at ?? "";
    await until(async () => ((await look()).latest?.at ?? "") > first);
    const { latest, health } = await look();
    expect(latest?.cpuPercent).toBeGreaterThan(0);
    expect(new Date(latest?.at ?? "").getTime() % 1_000).toBe(0);
    expect(health?.score).toBeGreaterThanOrEqual(0);
  });
});
