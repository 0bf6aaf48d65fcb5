import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Database } from "@tollgate/kit";
import { type NewSample, SampleIntake, SamplePartitions } from "@tollgate/telemetry";
import type postgres from "postgres";

/** Of samples that are written at once: 200 machines, five moments. */
export const BATCH_MACHINES = 200;
export const BATCH_MOMENTS = 5;
export const INGEST_ROUNDS = 15;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Milliseconds that the work takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** Where samples go in a benchmark. */
interface Store {
  database: Database;
  /** Past all rules. */
  owner: postgres.Sql;
  organisationId: string;
  vmIds: readonly string[];
  /** Samples are of moments after this one. */
  from: Date;
}

const COLUMNS = `vm_id, organisation_id, at, interval_seconds, cpu_percent, memory_used_bytes, memory_total_bytes, disk_used_bytes,
  disk_total_bytes, disk_read_rate, disk_write_rate, network_in_rate, network_out_rate, load, uptime_seconds`;
const TYPES = [
  "uuid",
  "uuid",
  "timestamptz",
  "int",
  "float8",
  "bigint",
  "bigint",
  "bigint",
  "bigint",
  ...Array(5).fill("float8"),
  "bigint",
];

const rowOf = (s: NewSample, organisationId: string): string[] =>
  [
    s.vmId,
    organisationId,
    s.at.toISOString(),
    s.intervalSeconds,
    s.cpuPercent,
    s.memoryUsedBytes,
    s.memoryTotalBytes,
    s.diskUsedBytes,
    s.diskTotalBytes,
    s.diskReadRate,
    s.diskWriteRate,
    s.networkInRate,
    s.networkOutRate,
    s.load,
    s.uptimeSeconds,
  ].map(String);

/** The next moments of all machines. */
const batchOf = (vmIds: readonly string[], start: number): NewSample[] =>
  vmIds.flatMap((vmId) =>
    Array.from({ length: BATCH_MOMENTS }, (_, moment) => ({
      vmId,
      at: new Date(start + moment * 1_000),
      intervalSeconds: 1,
      cpuPercent: 42.42,
      memoryUsedBytes: 2_000_000_000n,
      memoryTotalBytes: 4_294_967_296n,
      diskUsedBytes: 30_000_000_000n,
      diskTotalBytes: 68_719_476_736n,
      diskReadRate: 123_456,
      diskWriteRate: 234_567,
      networkInRate: 345_678,
      networkOutRate: 456_789,
      load: 0.42,
      uptimeSeconds: 86_400n,
    })),
  );

/** Samples a second: through the domain, and into a bare table of the same form by the same driver. */
export const compareIngest = async ({ database, owner, organisationId, vmIds, from }: Store) => {
  let start = from.getTime();
  const intake = new SampleIntake(database, new SamplePartitions(database), () => undefined);
  await owner`create table bare (like sample including all)`;
  const unnested = TYPES.map((type, index) => `$${index + 1}::text[]::${type}[]`).join();
  const ways: Record<string, (batch: NewSample[]) => Promise<unknown>> = {
    domain: (batch) => intake.take("bench", batch),
    unnest: (batch) => {
      const rows = batch.map((sample) => rowOf(sample, organisationId));
      const columns = TYPES.map((_, index) => rows.map((row) => row[index] ?? ""));
      return owner.unsafe(
        `insert into bare (${COLUMNS}) select * from unnest(${unnested}) on conflict do nothing`,
        columns,
        { prepare: true },
      );
    },
    copy: async (batch) => {
      const into = await owner.unsafe(`copy bare (${COLUMNS}) from stdin`).writable();
      await pipeline(
        Readable.from([batch.map((sample) => `${rowOf(sample, organisationId).join("\t")}\n`).join("")]),
        into,
      );
    },
  };
  const rounds: Record<string, number>[] = [];
  for (let round = -2; round < INGEST_ROUNDS; round += 1) {
    const times: Record<string, number> = {};
    for (const [name, way] of Object.entries(ways)) {
      start += BATCH_MOMENTS * 1_000;
      const batch = batchOf(vmIds, start);
      times[name] = (batch.length / (await timed(() => way(batch)))) * 1_000;
    }
    if (round >= 0) rounds.push(times);
  }
  return Object.keys(ways).map((name) => ({
    name,
    perSecond: median(rounds.map((times) => times[name] ?? Number.NaN)),
    ratio: median(rounds.map((times) => (times["domain"] ?? Number.NaN) / (times[name] ?? Number.NaN))),
  }));
};
