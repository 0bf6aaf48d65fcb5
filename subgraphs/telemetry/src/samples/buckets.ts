import type { Tx } from "@tollgate/kit";
import { type SQL, sql } from "drizzle-orm";
import { ceilTo, floorTo, type Level, type Levels, type RolledLevel, WIDTHS } from "./levels.js";
import { METRICS, type Metric } from "./metrics.js";
import { mergedColumns, partColumns, partTable } from "./parts.js";

export interface Period {
  from: Date;
  to: Date;
}

/** A stretch of time that is read from one level. */
interface Stretch extends Period {
  level: Level;
}

/** From which level, and from which ones where it does not reach yet, a chart is read. */
export interface Reading {
  level: Level;
  stretches: Stretch[];
  /** Steps are multiples of it, in seconds. */
  width: number;
  /** The finest step that keeps to the number of points, in seconds. */
  least: number;
  /** What is read: the period, widened to whole buckets where it is read from rollups. */
  period: Period;
}

/** A level may be a little coarser than what was asked for: a day of 300 points is read as 288 times five minutes. */
const TOLERANCE = 1.25;

const FINEST_FIRST: readonly Level[] = ["RAW", "FIVE_MINUTES", "ONE_HOUR"];
const widthOf = (level: Level): number => (level === "RAW" ? 1 : WIDTHS[level]);

/** The coarsest level that has the points, or a coarser one where the finer ones do not reach back to the period. */
const levelOf = (from: Date, least: number, levels: Levels): Level => {
  const wanted = FINEST_FIRST.findLastIndex((level) => widthOf(level) <= least * TOLERANCE || level === "RAW");
  return FINEST_FIRST.slice(wanted).find((level) => levels[level].keptFrom <= from) ?? "ONE_HOUR";
};

const latest = (...moments: readonly Date[]) => new Date(Math.max(...moments.map((moment) => moment.getTime())));
const earliest = (...moments: readonly Date[]) => new Date(Math.min(...moments.map((moment) => moment.getTime())));

/** What a rolled level has of a period, in whole buckets, from `start` on. */
const stretchOf = (level: RolledLevel, { from, to }: Period, start: Date, levels: Levels): Stretch => ({
  level,
  from: latest(floorTo(WIDTHS[level], from), start),
  to: earliest(ceilTo(WIDTHS[level], to), levels[level].completeUntil),
});

/**
 * How to read a period with so many points at most: from one level as far as it is complete, then from the finer ones,
 * so that the newest samples show at once.
 */
export const readingOf = (period: Period, maxPoints: number, levels: Levels): Reading => {
  const seconds = (period.to.getTime() - period.from.getTime()) / 1_000;
  const least = Math.ceil(seconds / (maxPoints - 1));
  const level = levelOf(period.from, least, levels);
  const never = new Date(0);
  const hours = level === "ONE_HOUR" ? [stretchOf("ONE_HOUR", period, never, levels)] : [];
  const hoursEnd = level === "ONE_HOUR" ? levels.ONE_HOUR.completeUntil : never;
  const minutes = level === "RAW" ? [] : [stretchOf("FIVE_MINUTES", period, hoursEnd, levels)];
  const rawStart = level === "RAW" ? period.from : latest(period.from, levels.FIVE_MINUTES.completeUntil);
  const all = [...hours, ...minutes, { level: "RAW" as const, from: rawStart, to: period.to }];
  const stretches = all.filter(({ from, to }) => from < to);
  return {
    level,
    stretches,
    width: widthOf(level),
    least,
    period: { from: stretches.at(0)?.from ?? period.from, to: stretches.at(-1)?.to ?? period.to },
  };
};

/** One bucket of one machine; `bucket` counts steps since 1970. Values by `valueName`. */
export type BucketRow = { vm_id: string; step: number; bucket: number } & Record<string, unknown>;

/** Name of a value of a bucket. */
export const valueName = (metric: Metric, what: "avg" | "min" | "max" | "count" | "seconds"): string =>
  `${METRICS[metric]}_${what}`;

/** Each sample weighs as much as the time it stands for. */
const valuesOf = (metrics: readonly Metric[]): SQL =>
  sql.raw(
    metrics
      .map((metric) => METRICS[metric]) // from a closed list, never from a client
      .map((column) =>
        [
          `(b.${column}_total / nullif(b.${column}_seconds, 0))::float8 as ${column}_avg`,
          `b.${column}_min::float8`,
          `b.${column}_max::float8`,
          `b.${column}_count::int`,
          `b.${column}_seconds::float8`,
        ].join(", "),
      )
      .join(", "),
  );

/**
 * The buckets of some machines that have samples, in one statement. They are aligned to multiples of the step since 1970,
 * which is a multiple of the widest interval between the samples: narrower buckets would show gaps where none are.
 */
export const readBuckets = (
  tx: Tx,
  vmIds: readonly string[],
  metrics: readonly Metric[],
  { stretches, level, width, least }: Reading,
): Promise<readonly BucketRow[]> => {
  const ids = sql.param([...vmIds]);
  const parts = stretches.map(
    (stretch) => sql`
      select ${partColumns(stretch.level, metrics, level === "RAW" ? "quick" : "exact")} from ${partTable(stretch.level)}
       where s.vm_id = any(${ids}::uuid[]) and s.at >= ${stretch.from.toISOString()}::timestamptz and s.at < ${stretch.to.toISOString()}::timestamptz`,
  );
  return tx.db.execute<BucketRow>(sql`
    with part as materialized (${sql.join(parts, sql` union all `)}
    ), base as (
      select p.vm_id, (ceil(max(p.widest_seconds)::float8 / ${width}) * ${width})::int as base from part p group by p.vm_id
    ), step as (
      select vm_id, (ceil(${least}::float8 / base) * base)::int as step from base
    ), merged as (
      select p.vm_id, t.step, floor(extract(epoch from p.at) / t.step)::float8 as bucket, ${mergedColumns(metrics)}
        from part p join step t on t.vm_id = p.vm_id group by p.vm_id, t.step, bucket
    )
    select b.vm_id, b.step, b.bucket, ${valuesOf(metrics)} from merged b`);
};
