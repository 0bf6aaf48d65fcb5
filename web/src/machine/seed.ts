import type { MetricWindow } from "../charts/window-data.js";
import type { Metric } from "../gql/graphql.js";

/** A window's CPU and memory (as a share of `memoryBytes`) as rows for a live chart: seconds since 1970, then both. */
export function seedFromWindow(
  window: MetricWindow,
  memoryBytes: string,
): [seconds: number, values: [cpu: number | null, memory: number | null]][] {
  const averages = (metric: Metric) => window.series.find((series) => series.metric === metric)?.average ?? [];
  const cpu = averages("CPU");
  const memory = averages("MEMORY_USED");
  const total = Number(memoryBytes);
  return window.at.map((instant, row) => {
    const used = memory[row] ?? null;
    return [Date.parse(instant) / 1000, [cpu[row] ?? null, used === null || total === 0 ? null : (used / total) * 100]];
  });
}
