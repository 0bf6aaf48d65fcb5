import { randomUUID } from "node:crypto";
import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, machine, plainCaller, sample, startTelemetry, store } from "../testing/fixtures.js";
import { Admission } from "./admission.js";
import { SampleIntake } from "./intake.js";
import { SamplePartitions } from "./partitions.js";
import { sampleFleet } from "./sampler.js";
import { latestSamples, writeSamples } from "./samples.js";

const tree = testTree();
let telemetry: TestSubgraph;
let vmId: string;

const DAY = 86_400_000;

const system = <T>(work: Parameters<typeof telemetry.subgraph.database.system<T>>[1]) =>
  telemetry.subgraph.database.system("tests", work);

const stored = (id = vmId) =>
  system(
    (tx) =>
      tx.sql<
        { at: string; cpu_percent: number | null }[]
      >`select at, cpu_percent from sample where vm_id = ${id} order by at`,
  );

const days = () =>
  system(async (tx) => {
    const rows = await tx.sql<{ name: string }[]>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'telemetry.sample'::regclass order by 1`;
    return rows.map(({ name }) => name);
  });

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
  [vmId = ""] = await addMachines(telemetry, [machine(tree.customer)]);
});

afterAll(() => telemetry.stop());

describe("samples", () => {
  it("are stored once, however often they come, and one bad row costs none of its neighbours", async () => {
    const at = new Date();
    const samples = [
      sample(vmId, at, { cpuPercent: 10 }),
      sample(randomUUID(), at, { cpuPercent: 99 }),
      sample(vmId, new Date(at.getTime() - 1_000), { cpuPercent: 5 }),
    ];
    await store(telemetry, samples);
    await store(telemetry, [sample(vmId, at, { cpuPercent: 77 })]);
    expect((await stored()).map((row) => row.cpu_percent)).toEqual([5, 10]);
  });

  it("keep the newest of each machine at hand, whatever order they come in", async () => {
    const at = new Date(Date.now() + 1_000);
    const before = new Date(at.getTime() - 500);
    await store(telemetry, [sample(vmId, at, { memoryUsedBytes: 2n ** 60n, load: 0.25 })]);
    await store(telemetry, [sample(vmId, before, { cpuPercent: 50 })]);
    const latest = await system((tx) => latestSamples(tx, [vmId]));
    expect(latest.get(vmId)).toMatchObject({ at, memoryUsedBytes: 2n ** 60n, load: 0.25, cpuPercent: null });
  });

  it("take their organisation from the machine, so that nobody can write into another's", async () => {
    const [other = ""] = await addMachines(telemetry, [machine(tree.otherCustomer)]);
    const caller = plainCaller(tree.customer);
    await telemetry.subgraph.database.write(caller, (tx) =>
      writeSamples(tx, [sample(other, new Date(), { cpuPercent: 1 })]),
    );
    expect(await stored(other)).toEqual([]);
  });
});

describe("the days of samples", () => {
  it("have partitions ahead of the clock and get one when a late sample needs it", async () => {
    expect((await days()).length).toBeGreaterThanOrEqual(4);
    const long = new Date(Date.now() - 5 * DAY);
    await store(telemetry, [sample(vmId, long, { cpuPercent: 1 })]);
    expect(await days()).toContain(`sample_${long.toISOString().slice(0, 10).replaceAll("-", "")}`);
  });

  it("are made by several processes at once without a quarrel", async () => {
    const moment = [new Date(Date.now() + 10 * DAY)];
    const { database } = telemetry.subgraph;
    await Promise.all(Array.from({ length: 5 }, () => new SamplePartitions(database).ensure(moment)));
  });

  it("can be reached through their table only, where the policies are", async () => {
    const [partition = ""] = await days();
    await expect(system((tx) => tx.sql`select 1 from ${tx.sql(partition)}`)).rejects.toThrow(/permission denied/);
    await expect(system((tx) => tx.sql`delete from sample`)).rejects.toThrow(/permission denied/);
    const seen = await telemetry.subgraph.database.read(
      plainCaller(tree.otherReseller),
      (tx) => tx.sql`select 1 from sample where vm_id = ${vmId}`,
    );
    expect([...seen]).toEqual([]);
  });
});

describe("the simulated fleet", () => {
  it("is sampled once, however many processes come for the same moment", async () => {
    const [id = ""] = await addMachines(telemetry, [machine(tree.sibling, { profile: "web" })], 0);
    const [off = ""] = await addMachines(telemetry, [machine(tree.sibling, { profile: "web", state: "STOPPED" })], 0);
    const { database } = telemetry.subgraph;
    let times = 0;
    const intake = new SampleIntake(database, new SamplePartitions(database), () => {
      times += 1;
    });
    const at = new Date(Math.ceil(Date.now() / 5_000) * 5_000);
    const before = (await stored(id)).length;
    await Promise.all([1, 2, 3].map(() => sampleFleet(database, intake, at, 5)));
    await sampleFleet(database, intake, new Date(at.getTime() + 5_000), 5);
    expect(times).toBe(2);
    expect((await stored(id)).length).toBe(before + 2);
    expect(await stored(off)).toEqual([]);
  });
});

describe("what is admitted", () => {
  it("leaves out values that are none, one by one, and counts them", () => {
    const admission = new Admission();
    const at = new Date();
    const admitted = admission.admit(
      sample("vm", at, { cpuPercent: Number.NaN, load: -1, uptimeSeconds: 5n, networkInRate: 1e30 }),
    );
    expect(admitted).toEqual(sample("vm", at, { uptimeSeconds: 5n }));
    expect(admission.admit(sample("vm", at, { cpuPercent: 101 }))).toBeNull();
    expect(admission.count("CPU", "NOT_A_NUMBER")).toBe(1);
    expect(admission.count("CPU", "ABSURD_VALUE")).toBe(1);
    expect(admission.count("LOAD", "ABSURD_VALUE")).toBe(1);
    expect(admission.count("UPTIME", "ABSURD_VALUE")).toBe(0);
  });
});
