import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, machine, plainCaller, sample, startTelemetry, store } from "../testing/fixtures.js";
import { expectedBuckets, rollUpAll, storedBuckets } from "../testing/rollups.js";
import { readLevels } from "./levels.js";
import { SamplePartitions } from "./partitions.js";
import { rollUp } from "./rollups.js";

const tree = testTree();
const DAY = 86_400_000;
const RETENTION = { rawDays: 7, fiveMinuteDays: 90, oneHourDays: 730 };
/** Long ago, so that the clock of these tests may run on for years. */
const first = Math.floor(Date.now() / DAY) * DAY - 1_000 * DAY;
const day = (number: number) => new Date(first + number * DAY);
const noon = (number: number) => new Date(first + number * DAY + DAY / 2);

let telemetry: TestSubgraph;
let vmId: string;
let partitions: SamplePartitions;

const system = <T>(work: Parameters<typeof telemetry.subgraph.database.system<T>>[1]) =>
  telemetry.subgraph.database.system("tests", work);

const partitionsOf = (parent: string) =>
  system(async (tx) => {
    const rows = await tx.sql<{ name: string }[]>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = ${`telemetry.${parent}`}::regclass order by 1`;
    return rows.map(({ name }) => name);
  });

const nameOf = (number: number) => `sample_${day(number).toISOString().slice(0, 10).replaceAll("-", "")}`;
const samplesFrom = (number: number) => sample(vmId, noon(number), { cpuPercent: number % 100 });
const keptDays = async () => (await partitionsOf("sample")).filter((name) => name < nameOf(600));

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { rollUpSeconds: null });
  [vmId = ""] = await addMachines(telemetry, [machine(tree.customer)]);
  partitions = new SamplePartitions(telemetry.subgraph.database);
  await store(telemetry, [0, 1, 10, 20, 25].map(samplesFrom));
});

afterAll(() => telemetry.stop());

describe("what is kept of samples", () => {
  it("are all samples, however old, that were not rolled up yet", async () => {
    expect(await partitions.retire(noon(30), RETENTION)).toBe(0);
    expect(await keptDays()).toEqual([0, 1, 10, 20, 25].map(nameOf));
  });

  it("is the last week one by one, and the rest rolled up", async () => {
    const rolledUp = await expectedBuckets(telemetry, "FIVE_MINUTES", [vmId]);
    await rollUpAll(telemetry, noon(30));
    expect(await partitions.retire(noon(30), RETENTION)).toBe(4);
    expect(await keptDays()).toEqual([nameOf(25)]);
    expect(Object.keys(rolledUp).length).toBe(5);
    expect(await storedBuckets(telemetry, "FIVE_MINUTES", [vmId])).toEqual(rolledUp);
    expect(await partitions.retire(noon(30), RETENTION)).toBe(0);
  });

  it("holds a day until its late samples are in its rollups", async () => {
    await store(telemetry, [sample(vmId, new Date(noon(25).getTime() + 1_000), { cpuPercent: 100 })]);
    const rolledUp = await expectedBuckets(telemetry, "ONE_HOUR", [vmId]);
    await partitions.retire(noon(40), RETENTION);
    expect(await keptDays()).toEqual([nameOf(25)]);
    await rollUpAll(telemetry, noon(40));
    await partitions.retire(noon(40), RETENTION);
    expect(await keptDays()).toEqual([]);
    expect(await storedBuckets(telemetry, "ONE_HOUR", [vmId])).toMatchObject(rolledUp);
  });

  it("is never taken again once it was dropped, so that no rollup is made anew from nothing", async () => {
    const before = await storedBuckets(telemetry, "FIVE_MINUTES", [vmId]);
    await store(telemetry, [sample(vmId, new Date(noon(10).getTime() + 1_000), { cpuPercent: 7 }), samplesFrom(38)]);
    await rollUpAll(telemetry, noon(40));
    const after = await storedBuckets(telemetry, "FIVE_MINUTES", [vmId]);
    expect(await keptDays()).toEqual([nameOf(38)]);
    expect(Object.keys(after).length).toBe(Object.keys(before).length + 1);
    expect(after).toMatchObject(before);
  });

  it("is dropped once and without harm by several processes at a time, while others roll up and write", async () => {
    await store(telemetry, [50, 51, 52].map(samplesFrom));
    await rollUpAll(telemetry, noon(55));
    const { database } = telemetry.subgraph;
    const dropped = await Promise.all([
      ...[1, 2, 3].map(() => new SamplePartitions(database).retire(noon(62), RETENTION)),
      rollUp(database, noon(62)).then(() => 0),
      store(telemetry, [samplesFrom(61)]).then(() => 0),
    ]);
    // Days 38, 50, 51 and 52: rolled up before day 55, which is as far as any of them may go.
    expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(4);
    await rollUpAll(telemetry, noon(63));
    expect(Object.keys(await storedBuckets(telemetry, "FIVE_MINUTES", [vmId]))).toContain(
      `${vmId} ${noon(61).toISOString()}`,
    );
  });

  it("are five minutes for 90 days and hours for two years, by whole months, never before the hours exist", async () => {
    const monthsOf = async (level: string) => (await partitionsOf(level)).length;
    const hours = await monthsOf("rollup_one_hour");
    const hourly = await storedBuckets(telemetry, "ONE_HOUR", [vmId]);
    await rollUpAll(telemetry, noon(200));
    const complete = (moment: Date) =>
      system((tx) => tx.sql`update rollup_level set complete_until = ${moment.toISOString()} where level = 'ONE_HOUR'`);
    await complete(noon(40));
    await partitions.retire(noon(200), RETENTION);
    const notYetHourly = `${vmId} ${noon(61).toISOString()}`;
    expect(await storedBuckets(telemetry, "FIVE_MINUTES", [vmId])).toHaveProperty([notYetHourly]);
    await rollUpAll(telemetry, noon(200));
    await partitions.retire(noon(200), RETENTION);
    expect(await storedBuckets(telemetry, "FIVE_MINUTES", [vmId])).toEqual({});
    expect(await storedBuckets(telemetry, "ONE_HOUR", [vmId])).toMatchObject(hourly);
    expect(await monthsOf("rollup_one_hour")).toBeGreaterThanOrEqual(hours);

    await rollUpAll(telemetry, noon(850));
    await partitions.retire(noon(850), RETENTION);
    expect(await storedBuckets(telemetry, "ONE_HOUR", [vmId])).toEqual({});
    const { ONE_HOUR } = await system(readLevels);
    expect(ONE_HOUR.keptFrom.getTime()).toBeGreaterThan(noon(850 - 730 - 32).getTime());
    expect(ONE_HOUR.keptFrom.getTime()).toBeLessThanOrEqual(noon(850 - 730).getTime());
  }, 120_000); // two years are rolled up step by step

  it("is the system's alone to decide, and only as a whole", async () => {
    await expect(
      telemetry.subgraph.database.write(
        plainCaller(tree.operator),
        (tx) => tx.sql`select retire_samples(now(), now(), now())`,
      ),
    ).rejects.toThrow("the system retires samples");
    await store(telemetry, [samplesFrom(845)]);
    await expect(system((tx) => tx.sql`select drop_partitions_before('sample', now())`)).rejects.toThrow(
      "must be owner",
    );
  });
});
