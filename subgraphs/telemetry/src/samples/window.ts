import { InvalidInputFault, type Tx } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { METRICS, type Metric } from "./metrics.js";

export interface Period {
  from: Date;
  to: Date;
}

/** Which chart of which machine. */
export interface WindowRequest {
  vmId: string;
  metrics: readonly Metric[];
  period: Period;
  /** 2 to 2,000. */
  maxPoints: number;
}

export interface MetricSeries {
  metric: Metric;
  average: (number | null)[];
  minimum: (number | null)[];
  maximum: (number | null)[];
  count: number[];
  coverage: number[];
}

/** Columns of equal length: `at[i]` is the start of bucket i. */
export interface MetricWindow {
  level: "RAW";
  stepSeconds: number;
  at: Date[];
  series: MetricSeries[];
}

const MOST_POINTS = 2_000;
const MOST_DAYS = 400;

/** @throws InvalidInputFault for a period that is empty or too long, and for too many points. */
export const requireWindow = ({ metrics, period, maxPoints }: Omit<WindowRequest, "vmId">): void => {
  const milliseconds = period.to.getTime() - period.from.getTime();
  if (milliseconds <= 0)
    throw InvalidInputFault.of("period.to", "OUT_OF_RANGE", "The period must end after it starts.");
  if (milliseconds > MOST_DAYS * 86_400_000) {
    throw InvalidInputFault.of("period", "TOO_LONG", `The period may be ${MOST_DAYS} days at most.`);
  }
  if (maxPoints < 2 || maxPoints > MOST_POINTS) {
    throw InvalidInputFault.of("maxPoints", "OUT_OF_RANGE", `maxPoints must be from 2 to ${MOST_POINTS}.`);
  }
  if (metrics.length === 0) throw InvalidInputFault.of("metrics", "TOO_FEW", "Name at least one metric.");
};

/** Requests that differ in the machine only are answered by one statement. */
const shapeOf = ({ metrics, period, maxPoints }: WindowRequest): string =>
  [metrics.join(), period.from.getTime(), period.to.getTime(), maxPoints].join(" ");

type BucketRow = { vm_id: string; step: number; bucket: string | number } & Record<string, unknown>;

/**
 * Buckets are aligned to multiples of the step since 1970, which is at least a `maxPoints`th of the period and a
 * multiple of the widest interval between the samples in it: narrower buckets would show gaps where none are.
 */
const bucketsOf = (tx: Tx, vmIds: readonly string[], { metrics, period, maxPoints }: WindowRequest) => {
  const least = Math.ceil((period.to.getTime() - period.from.getTime()) / 1_000 / (maxPoints - 1));
  const columns = metrics.map((metric, index) => {
    const column = sql.raw(`s.${METRICS[metric]}`); // from the closed list above, never from a client
    const name = (what: string) => sql.raw(`"${index}_${what}"`);
    // Each sample weighs as much as the time it stands for.
    return sql`sum(${column}::float8 * s.interval_seconds) / sum(s.interval_seconds) filter (where ${column} is not null) as ${name("avg")},
      min(${column})::float8 as ${name("min")}, max(${column})::float8 as ${name("max")}, count(${column})::int as ${name("count")},
      coalesce(sum(s.interval_seconds) filter (where ${column} is not null), 0)::int as ${name("seconds")}`;
  });
  const inPeriod = sql`s.at >= ${period.from.toISOString()}::timestamptz and s.at < ${period.to.toISOString()}::timestamptz`;
  return tx.db.execute<BucketRow>(sql`
    with step as (
      select v.id as vm_id, (ceil(${least}::float8 / greatest(c.widest, 1)) * greatest(c.widest, 1))::int as step
        from unnest(${sql.param([...vmIds])}::uuid[]) v(id)
        cross join lateral (select max(s.interval_seconds) as widest from sample s where s.vm_id = v.id and ${inPeriod}) c
    )
    select t.vm_id, t.step, floor(extract(epoch from s.at) / t.step)::float8 as bucket, ${sql.join(columns, sql`, `)}
      from step t join sample s on s.vm_id = t.vm_id and ${inPeriod}
     group by t.vm_id, t.step, bucket`);
};

const numberOf = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

/** The buckets between the period's ends, those without samples as gaps. */
const windowOf = (rows: readonly BucketRow[], { metrics, period, maxPoints }: WindowRequest): MetricWindow => {
  const [from, to] = [period.from.getTime() / 1_000, period.to.getTime() / 1_000];
  const step = rows[0]?.step ?? Math.ceil((to - from) / (maxPoints - 1));
  const first = Math.floor(from / step);
  const length = Math.ceil(to / step) - first;
  const byBucket = new Map(rows.map((row) => [Number(row.bucket) - first, row]));
  const buckets = Array.from({ length }, (_, index) => byBucket.get(index));
  // The first and last bucket may reach beyond the period, where nothing was to be expected.
  const expected = buckets.map((_, index) => {
    const start = (first + index) * step;
    return Math.min(start + step, to) - Math.max(start, from);
  });
  const series = metrics.map((metric, index): MetricSeries => {
    const column = (what: string) => buckets.map((row) => numberOf(row?.[`${index}_${what}`]));
    const seconds = column("seconds");
    return {
      metric,
      average: column("avg"),
      minimum: column("min"),
      maximum: column("max"),
      count: column("count").map((count) => count ?? 0),
      coverage: seconds.map((covered, at) => Math.min(1, (covered ?? 0) / Math.max(1, expected[at] ?? step))),
    };
  });
  return {
    level: "RAW",
    stepSeconds: step,
    at: buckets.map((_, index) => new Date((first + index) * step * 1_000)),
    series,
  };
};

/** Charts of many machines: one statement for each different period and set of metrics. */
export const windows = async (
  tx: Tx,
  requests: readonly WindowRequest[],
): Promise<Map<WindowRequest, MetricWindow>> => {
  const found = new Map<WindowRequest, MetricWindow>();
  for (const alike of Map.groupBy(requests, shapeOf).values()) {
    const [first] = alike;
    if (!first) continue;
    const rows = await bucketsOf(tx, [...new Set(alike.map(({ vmId }) => vmId))], first);
    const byVm = Map.groupBy(rows, (row) => row.vm_id);
    for (const request of alike) found.set(request, windowOf(byVm.get(request.vmId) ?? [], request));
  }
  return found;
};
