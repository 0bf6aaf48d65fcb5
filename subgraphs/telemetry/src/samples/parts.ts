import { type SQL, sql } from "drizzle-orm";
import { type Level, TABLES } from "./levels.js";
import { METRICS, type Metric } from "./metrics.js";

/**
 * Every level in one form, so that what is merged from samples and what is merged from rollups cannot differ. A part has
 * of each metric: how many samples it is made of, the seconds they stand for, the sum of value times seconds, and the
 * extremes. Merging adds the first three; they are integers and exact decimals, so the order of merging cannot matter.
 */
const AGGREGATES = ["count", "seconds", "total", "min", "max"] as const;

const columnsOf = (metrics: readonly Metric[]): string[] => metrics.map((metric) => METRICS[metric]); // a closed list

/** Names of a level's columns for these metrics, as rollups keep them. */
export const partNames = (metrics: readonly Metric[]): string[] =>
  columnsOf(metrics).flatMap((column) => AGGREGATES.map((aggregate) => `${column}_${aggregate}`));

/** Sums as exact decimals, or as floating point where a chart needs no more and has many samples to read. */
export type Sums = "exact" | "quick";

const sampleParts = (metrics: readonly Metric[], sums: Sums): string[] =>
  columnsOf(metrics).flatMap((column) => [
    `(s.${column} is not null)::int as ${column}_count`,
    `case when s.${column} is not null then s.interval_seconds else 0 end as ${column}_seconds`,
    `s.${column}::${sums === "exact" ? "numeric" : "float8"} * s.interval_seconds as ${column}_total`,
    `s.${column} as ${column}_min`,
    `s.${column} as ${column}_max`,
  ]);

/** Parts of one level, as columns of a table or sub-select named `s`. */
export const partColumns = (level: Level, metrics: readonly Metric[], sums: Sums = "exact"): SQL => {
  const parts = level === "RAW" ? sampleParts(metrics, sums) : partNames(metrics).map((name) => `s.${name}`);
  const widest = level === "RAW" ? "s.interval_seconds as widest_seconds" : "s.widest_seconds";
  return sql.raw(["s.vm_id", "s.at", widest, ...parts].join(", "));
};

/** The parts of a group in one: columns of a table or sub-select named `p`. */
export const mergedColumns = (metrics: readonly Metric[]): SQL =>
  sql.raw(
    columnsOf(metrics)
      .map((column) =>
        [
          `sum(p.${column}_count) as ${column}_count`,
          `sum(p.${column}_seconds) as ${column}_seconds`,
          `sum(p.${column}_total) as ${column}_total`,
          `min(p.${column}_min) as ${column}_min`,
          `max(p.${column}_max) as ${column}_max`,
        ].join(", "),
      )
      .join(", "),
  );

/** The table of a level, named `s`. */
export const partTable = (level: Level): SQL => sql.raw(`${TABLES[level]} s`);
