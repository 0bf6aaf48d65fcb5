import { countStatements } from "@tollgate/kit";
import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { refreshHealth } from "../health/health.js";
import { addMachines, ask, codeOf, GIB, machine, member, sample, startTelemetry, store } from "../testing/fixtures.js";

const tree = testTree();
let telemetry: TestSubgraph;

const FLEET = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Organisation { fleet {
  machines running byState { state count } vcpus memoryBytes storageBytes cpuAverage cpuPeak memoryAverage memoryPeak storageUsed
  healthAverage unhealthy topConsumers(metric: CPU, first: 2) { value vm { id name } } } } } }`;

interface Answer {
  _entities: ({ fleet: Record<string, unknown> } | null)[];
}

const of = (...ids: string[]) => ({ r: ids.map((id) => ({ __typename: "Organisation", id })) });
const fleetOf = async (org: string, caller = org) =>
  (await ask<Answer>(telemetry, FLEET, of(org), member(caller)))._entities[0]?.fleet;

const small = machine(tree.customer, { name: "small", vcpus: 1, memoryBytes: 1n * GIB });
const large = machine(tree.sibling, { name: "large", vcpus: 3, memoryBytes: 3n * GIB });
const failed = machine(tree.customer, { name: "failed", state: "FAILED" });
const foreign = machine(tree.operator, { name: "foreign" });

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
  await addMachines(telemetry, [small, large, failed, foreign]);
  const now = Date.now();
  // Both are busy at once for ten minutes, half an hour ago.
  const samples = [small, large, foreign].flatMap(({ id, memoryBytes }) =>
    Array.from({ length: 60 }, (_, minutesAgo) => {
      const isBusy = minutesAgo >= 30 && minutesAgo < 40;
      const cpuPercent = id === large.id ? (isBusy ? 90 : 30) : 10;
      const memory = { memoryUsedBytes: memoryBytes / 2n, memoryTotalBytes: memoryBytes };
      const disk = { diskUsedBytes: id === large.id ? 30n : 10n, diskTotalBytes: 100n };
      return sample(id, new Date(now - minutesAgo * 60_000 - 500), {
        intervalSeconds: 60,
        cpuPercent,
        ...memory,
        ...disk,
      });
    }),
  );
  await store(telemetry, samples);
  await telemetry.subgraph.database.system("tests", (tx) => refreshHealth(tx, new Date(now)));
});

afterAll(() => telemetry.stop());

describe("the fleet of an estate", () => {
  it("adds up its machines, their size and what they use, large ones weighing more", async () => {
    expect(await fleetOf(tree.reseller)).toEqual({
      machines: 3,
      running: 2,
      byState: [
        { state: "FAILED", count: 1 },
        { state: "RUNNING", count: 2 },
      ],
      vcpus: 6,
      memoryBytes: (8n * GIB).toString(),
      storageBytes: (120n * GIB).toString(),
      cpuAverage: 32.5,
      cpuPeak: 70,
      memoryAverage: 50,
      memoryPeak: 50,
      storageUsed: 20,
      healthAverage: 100,
      unhealthy: 1,
      topConsumers: [
        { value: 30, vm: { id: large.id, name: "large" } },
        { value: 10, vm: { id: small.id, name: "small" } },
      ],
    });
  });

  it("is zero and null where there are no machines, not missing", async () => {
    const { data } = await telemetry.execute(FLEET, of(tree.otherReseller), member(tree.operator));
    expect(data?.["_entities"]).toMatchObject([
      {
        fleet: {
          machines: 0,
          running: 0,
          byState: [],
          vcpus: 0,
          memoryBytes: "0",
          cpuAverage: null,
          healthAverage: null,
          topConsumers: [],
        },
      },
    ]);
  });

  it("is nobody else's to see", async () => {
    for (const id of [tree.otherCustomer, tree.operator, tree.reseller]) {
      const { _entities } = await ask<Answer>(telemetry, FLEET, of(id), member(tree.customer));
      expect(_entities).toEqual([null]);
    }
    const response = await telemetry.execute(FLEET, of(tree.customer), member(tree.customer, []));
    expect(codeOf(response)).toBe("FORBIDDEN");
  });

  it("is read for many organisations with the statements of one", async () => {
    const count = async (...ids: string[]) =>
      (await countStatements(() => ask(telemetry, FLEET, of(...ids), member(tree.operator)))).length;
    expect(await count(tree.operator, tree.reseller, tree.customer, tree.otherCustomer)).toBe(
      await count(tree.customer),
    );
  });

  it("refuses too many consumers", async () => {
    const document = FLEET.replace("first: 2", "first: 101");
    expect(codeOf(await telemetry.execute(document, of(tree.customer), member(tree.customer)))).toBe("INVALID_INPUT");
  });
});
