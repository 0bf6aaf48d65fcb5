import { type TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, machine, plainCaller, sample, startTelemetry, store } from "../testing/fixtures.js";
import { expectedBuckets, rollUpAll, storedBuckets } from "../testing/rollups.js";
import { readLevels } from "./levels.js";
import type { NewSample } from "./metrics.js";
import { rollUp } from "./rollups.js";
import { writeSamples } from "./samples.js";

const tree = testTree();
const HOUR = 3_600_000;
const MINUTE = 60_000;
let telemetry: TestSubgraph;
let vmIds: string[];

/** Each test has hours of its own, one after the other, for what is complete never becomes incomplete. */
let base = Math.floor(Date.now() / HOUR) * HOUR - 20 * 24 * HOUR;
const nextHours = (hours: number): number => {
  const from = base;
  base += hours * HOUR;
  return from;
};

const levels = () => telemetry.subgraph.database.system("tests", readLevels);

const expectEqualToSamples = async () => {
  for (const level of ["FIVE_MINUTES", "ONE_HOUR"] as const) {
    expect(await storedBuckets(telemetry, level, vmIds)).toEqual(await expectedBuckets(telemetry, level, vmIds));
  }
};

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { rollUpSeconds: null });
  vmIds = await addMachines(telemetry, [machine(tree.customer), machine(tree.sibling), machine(tree.otherCustomer)]);
});

afterAll(() => telemetry.stop());

/** One thing that happens: some samples come, or time goes on. Ages are in seconds before the clock. */
type Step =
  | { samples: { vm: number; age: number; cpu: number | null; memory: bigint | null; again: boolean }[] }
  | { minutes: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        samples: fc.array(
          fc.record({
            vm: fc.nat(2),
            age: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3_600 })),
            cpu: fc.option(fc.nat(10_000).map((value) => value / 100)),
            memory: fc.option(fc.bigInt({ min: 0n, max: 2n ** 60n })),
            again: fc.boolean(),
          }),
          { minLength: 1, maxLength: 12 },
        ),
      }),
    },
    { weight: 2, arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 25 }) }) },
  ),
  { minLength: 6, maxLength: 30 },
);

describe("rollups", () => {
  it("equal the samples, whatever comes late or twice, and whoever of two processes rolls up meanwhile", async () => {
    const { database } = telemetry.subgraph;
    const play = async (course: Step[]) => {
      let now = nextHours(16) + 2 * HOUR;
      await rollUpAll(telemetry, new Date(now));
      const work: Promise<unknown>[] = [];
      for (const step of course) {
        if ("minutes" in step) {
          now += step.minutes * MINUTE;
          work.push(rollUp(database, new Date(now)), rollUp(database, new Date(now - MINUTE)));
        } else {
          const samples = step.samples.map(({ vm, age, cpu, memory }): NewSample => {
            const at = new Date(now - age * 1_000);
            return sample(vmIds[vm] ?? "", at, { cpuPercent: cpu, memoryUsedBytes: memory, networkInRate: age });
          });
          work.push(store(telemetry, samples));
          work.push(
            store(
              telemetry,
              samples.filter((_, index) => step.samples[index]?.again),
            ),
          );
        }
        // Some steps overlap with those before, others do not.
        if (work.length > 4) await Promise.all(work.splice(0));
      }
      await Promise.all(work);
      await rollUpAll(telemetry, new Date(now + 2 * HOUR));
      await expectEqualToSamples();
    };
    await fc.assert(fc.asyncProperty(steps, play), { numRuns: 15 });
  });

  it("wait for a sample that is being written as its bucket closes", async () => {
    const from = nextHours(3);
    const { database } = telemetry.subgraph;
    const [written, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await store(telemetry, [sample(vmIds[0] ?? "", new Date(from), { cpuPercent: 1 })]);
    const writing = database.system("tests", async (tx) => {
      await writeSamples(tx, [sample(vmIds[0] ?? "", new Date(from + 10_000), { cpuPercent: 99 })]);
      written.resolve();
      await mayCommit.promise;
    });
    await written.promise;
    let isClosed = false;
    const rolling = rollUp(database, new Date(from + 2 * HOUR)).then(() => {
      isClosed = true;
    });
    // Whoever rolls up waits for the lock that the writer holds.
    await expect.poll(() => waitingForLock(), { timeout: 10_000 }).toBe(1);
    expect(isClosed).toBe(false);
    mayCommit.resolve();
    await Promise.all([writing, rolling]);
    await rollUpAll(telemetry, new Date(from + 2 * HOUR));
    await expectEqualToSamples();
  });

  it("lose no late sample that is committed while its bucket is made anew", async () => {
    const from = nextHours(3);
    const { database } = telemetry.subgraph;
    const now = new Date(from + 2 * HOUR);
    const late = (seconds: number) => sample(vmIds[1] ?? "", new Date(from + seconds * 1_000), { cpuPercent: seconds });
    await store(telemetry, [late(1)]);
    await rollUpAll(telemetry, now);
    await store(telemetry, [late(2)]);
    await database.system("tests", async (tx) => {
      await writeSamples(tx, [late(3)]);
      // Does not see the mark of the transaction that is still open, and leaves it alone.
      await rollUpAll(telemetry, now);
    });
    await rollUpAll(telemetry, now);
    await expectEqualToSamples();
  });

  it("are made by one process at a time, while the others go on without waiting", async () => {
    const from = nextHours(3);
    const { database } = telemetry.subgraph;
    await store(telemetry, [sample(vmIds[0] ?? "", new Date(from), { cpuPercent: 1 })]);
    const before = (await levels()).FIVE_MINUTES.completeUntil;
    await database.system("tests", async (tx) => {
      await tx.sql`select pg_advisory_xact_lock(hashtext('telemetry rollups'))`;
      expect(await rollUp(database, new Date(from + 2 * HOUR))).toBe(false);
    });
    expect((await levels()).FIVE_MINUTES.completeUntil).toEqual(before);
    await rollUpAll(telemetry, new Date(from + 2 * HOUR));
    await expectEqualToSamples();
  });

  it("go nowhere when the clock goes backwards", async () => {
    const before = await levels();
    await rollUpAll(telemetry, new Date(base - 10 * 24 * HOUR));
    expect(await levels()).toEqual(before);
  });

  it("are seen by the estate of their machine alone", async () => {
    const seen = (org: string) =>
      telemetry.subgraph.database.read(
        plainCaller(org),
        (tx) => tx.sql`select distinct vm_id from rollup_five_minutes`,
      );
    expect((await seen(tree.customer)).length).toBe(1);
  });
});

describe("a running process", () => {
  it("rolls up by itself what has come, late or not", async () => {
    const running = await startTelemetry(inject("postgresUrl"), tree, { rollUpSeconds: 0.1 });
    try {
      const [id = ""] = await addMachines(running, [machine(tree.customer)]);
      await store(running, [sample(id, new Date(Date.now() - HOUR), { cpuPercent: 7 })]);
      await until(async () => Object.keys(await storedBuckets(running, "FIVE_MINUTES", [id])).length === 1, 30_000);
      expect(await storedBuckets(running, "FIVE_MINUTES", [id])).toEqual(
        await expectedBuckets(running, "FIVE_MINUTES", [id]),
      );
    } finally {
      await running.stop();
    }
  });
});

const waitingForLock = async (): Promise<number> => {
  const rows = await telemetry.subgraph.database.system(
    "tests",
    (tx) => tx.sql`select 1 from pg_locks where locktype = 'advisory' and not granted and database =
      (select oid from pg_database where datname = current_database())`,
  );
  return rows.length;
};
