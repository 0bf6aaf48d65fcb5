import os from "node:os";
import { type TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { LinuxHost } from "../adapters/host/linux.js";
import { registerHost } from "../machines/host.js";
import { ask, codeOf, member, startTelemetry } from "../testing/fixtures.js";

const tree = testTree();
let telemetry: TestSubgraph;

interface Answer {
  vms: {
    nodes: {
      id: string;
      name: string;
      image: string;
      vcpus: number;
      memoryBytes: string;
      organisation: { id: string };
      latest: Record<string, unknown> | null;
    }[];
  };
}

const HOSTS = `{ vms(filter: { labels: [{ key: "role", value: "host" }] }) { nodes { id name image vcpus memoryBytes organisation { id }
  latest { at cpuPercent memoryUsedBytes memoryTotalBytes diskUsedBytes diskTotalBytes networkInRate load uptimeSeconds } } } }`;

const hosts = async (org = tree.operator) => (await ask<Answer>(telemetry, HOSTS, {}, member(org))).vms.nodes;

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { host: true, hostSeconds: 1 });
});

afterAll(() => telemetry.stop());

describe("the computer that Tollgate runs on", () => {
  it("is a machine of the operator with its real size and values, and of nobody else", async () => {
    await until(async () => (await hosts())[0]?.latest != null);
    const [host] = await hosts();
    expect(host).toMatchObject({
      name: os.hostname(),
      vcpus: os.cpus().length,
      memoryBytes: os.totalmem().toString(),
      organisation: { id: tree.operator },
    });
    expect(host?.image).not.toBe("");
    const latest = host?.latest ?? {};
    expect(latest["cpuPercent"]).toBeGreaterThanOrEqual(0);
    expect(latest["cpuPercent"]).toBeLessThanOrEqual(100);
    expect(Number(latest["memoryUsedBytes"])).toBeGreaterThan(0);
    expect(Number(latest["memoryUsedBytes"])).toBeLessThan(Number(latest["memoryTotalBytes"]));
    expect(Number(latest["uptimeSeconds"])).toBeGreaterThan(0);
    expect(await hosts(tree.reseller)).toEqual([]);
    const response = await telemetry.execute(
      "query ($id: ID!) { vm(id: $id) { name } }",
      { id: host?.id },
      member(tree.reseller),
    );
    expect(codeOf(response)).toBe("NOT_FOUND");
  });

  it("goes on being sampled, by the clock", async () => {
    const moment = async () => String((await hosts())[0]?.latest?.["at"]);
    const first = await moment();
    await until(async () => (await moment()) > first);
    expect(new Date(await moment()).getTime() % 1_000).toBe(0);
  });

  it("stays the same machine when it registers again, with its new size", async () => {
    const identity = await new LinuxHost().identify();
    const register = (memoryBytes: bigint) =>
      telemetry.subgraph.database.system("tests", (tx) => registerHost(tx, { ...identity, memoryBytes }, new Date()));
    const [before] = await hosts();
    await register(2n ** 40n);
    const after = await hosts();
    expect(after.map(({ id, memoryBytes }) => ({ id, memoryBytes }))).toEqual([
      { id: before?.id, memoryBytes: (2n ** 40n).toString() },
    ]);
    await register(identity.memoryBytes);
  });
});
