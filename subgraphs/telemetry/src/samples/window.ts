import { InvalidInputFault, type Tx } from "@tollgate/kit";
import { type BucketRow, type Period, type Reading, readBuckets, readingOf, valueName } from "./buckets.js";
import { type Level, readLevels } from "./levels.js";
import type { Metric } from "./metrics.js";

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
  level: Level;
  stepSeconds: number;
  at: Date[];
  series: MetricSeries[];
}

const MOST_POINTS = 2_000;
const MOST_DAYS = 750;

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

const numberOf = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

/** The buckets between the period's ends, those without samples as gaps. */
const windowOf = (rows: readonly BucketRow[], metrics: readonly Metric[], reading: Reading): MetricWindow => {
  const { level, width, least, period } = reading;
  const [from, to] = [period.from.getTime() / 1_000, period.to.getTime() / 1_000];
  const step = rows[0]?.step ?? Math.ceil(least / width) * width;
  const first = Math.floor(from / step);
  const length = Math.ceil(to / step) - first;
  const byBucket = new Map(rows.map((row) => [Number(row.bucket) - first, row]));
  const buckets = Array.from({ length }, (_, index) => byBucket.get(index));
  // The first and last bucket may reach beyond the period, where nothing was to be expected.
  const expected = buckets.map((_, index) => {
    const start = (first + index) * step;
    return Math.min(start + step, to) - Math.max(start, from);
  });
  const series = metrics.map((metric): MetricSeries => {
    const column = (what: Parameters<typeof valueName>[1]) =>
      buckets.map((row) => numberOf(row?.[valueName(metric, what)]));
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
    level,
    stepSeconds: step,
    at: buckets.map((_, index) => new Date((first + index) * step * 1_000)),
    series,
  };
};

/**
 * Charts of many machines: one statement that tells how far the levels go, and one for each different period and set of
 * metrics. A late sample shows once its bucket has been made anew, some seconds after it came.
 */
export const windows = async (
  tx: Tx,
  requests: readonly WindowRequest[],
): Promise<Map<WindowRequest, MetricWindow>> => {
  const found = new Map<WindowRequest, MetricWindow>();
  const levels = await readLevels(tx);
  for (const alike of Map.groupBy(requests, shapeOf).values()) {
    const [first] = alike;
    if (!first) continue;
    const reading = readingOf(first.period, first.maxPoints, levels);
    const rows = await readBuckets(tx, [...new Set(alike.map(({ vmId }) => vmId))], first.metrics, reading);
    const byVm = Map.groupBy(rows, (row) => row.vm_id);
    for (const request of alike) found.set(request, windowOf(byVm.get(request.vmId) ?? [], first.metrics, reading));
  }
  return found;
};
