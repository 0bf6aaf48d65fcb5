import type { Tx } from "@tollgate/kit";
import type { TestSubgraph } from "@tollgate/kit/testing";
import { type RolledLevel, TABLES, WIDTHS } from "../samples/levels.js";
import { rollUp } from "../samples/rollups.js";

/** Of one metric of one bucket; sums as text, for they are beyond what a number holds. */
export interface Bucket {
  count: number;
  seconds: number;
  total: string | null;
  min: string | null;
  max: string | null;
}

/** Compared in tests: one of hundredths, one beyond 2^53, one that is whole. */
const COMPARED = ["cpu_percent", "memory_used_bytes", "network_in_rate"] as const;
type Values = Record<(typeof COMPARED)[number], string | null>;

const system = <T>(telemetry: TestSubgraph, work: (tx: Tx) => Promise<T>) =>
  telemetry.subgraph.database.system("tests", work);

/** Hundredths as a whole number: whatever is compared has two decimals at most. */
const hundredths = (text: string): bigint => {
  const [whole = "0", decimals = ""] = text.split(".");
  return BigInt(whole + decimals.slice(0, 2).padEnd(2, "0"));
};

const bucketOf = (samples: readonly { value: string | null; seconds: number }[]): Bucket => {
  const known = samples.flatMap(({ value, seconds }) =>
    value === null ? [] : [{ value: hundredths(value), seconds }],
  );
  const values = known.map(({ value }) => value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    count: known.length,
    seconds: known.reduce((sum, { seconds }) => sum + seconds, 0),
    total:
      known.length === 0
        ? null
        : known.reduce((sum, { value, seconds }) => sum + value * BigInt(seconds), 0n).toString(),
    min: values.at(0)?.toString() ?? null,
    max: values.at(-1)?.toString() ?? null,
  };
};

/** What the buckets of a level must be, from the samples one by one, without the database's help. */
export const expectedBuckets = async (telemetry: TestSubgraph, level: RolledLevel, vmIds: readonly string[]) => {
  const rows = await system(
    telemetry,
    (tx) => tx.sql<({ vm_id: string; at: string; interval_seconds: number } & Values)[]>`
      select vm_id, at, interval_seconds, cpu_percent::text, memory_used_bytes::text, network_in_rate::text
        from sample where vm_id = any(${[...vmIds]}::uuid[])`,
  );
  const width = WIDTHS[level] * 1_000;
  const start = (at: string) => new Date(Math.floor(new Date(at).getTime() / width) * width).toISOString();
  const groups = Map.groupBy(rows, (row) => `${row.vm_id} ${start(row.at)}`);
  return Object.fromEntries(
    [...groups].map(([key, samples]) => [
      key,
      Object.fromEntries(
        COMPARED.map((metric) => [
          metric,
          bucketOf(samples.map((row) => ({ value: row[metric], seconds: row.interval_seconds }))),
        ]),
      ),
    ]),
  );
};

/** What the buckets of a level are. */
export const storedBuckets = async (telemetry: TestSubgraph, level: RolledLevel, vmIds: readonly string[]) => {
  const rows = await system(telemetry, (tx) =>
    tx.sql.unsafe<({ vm_id: string; at: string } & Record<string, number | string | null>)[]>(
      `select vm_id, at, ${COMPARED.map(
        (metric) =>
          `${metric}_count, ${metric}_seconds::int, trunc(100 * ${metric}_total)::text as ${metric}_total,
           trunc(100 * ${metric}_min::numeric)::text as ${metric}_min, trunc(100 * ${metric}_max::numeric)::text as ${metric}_max`,
      ).join()} from ${TABLES[level]} where vm_id = any($1)`,
      [[...vmIds]],
    ),
  );
  return Object.fromEntries(
    rows.map((row) => [
      `${row.vm_id} ${new Date(row.at).toISOString()}`,
      Object.fromEntries(
        COMPARED.map((metric) => [
          metric,
          Object.fromEntries(
            ["count", "seconds", "total", "min", "max"].map((part) => [part, row[`${metric}_${part}`]]),
          ),
        ]),
      ),
    ]),
  );
};

/** Rolls up all that is due at a moment. */
export const rollUpAll = async (telemetry: TestSubgraph, now: Date): Promise<void> => {
  while (await rollUp(telemetry.subgraph.database, now));
};
