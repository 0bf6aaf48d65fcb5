import { type SQL, sql } from "drizzle-orm";
import type { NewSample } from "./metrics.js";

const text = (value: bigint | null) => (value === null ? null : value.toString());

/** Names of a sample's values, in the order of the columns. */
export const VALUE_COLUMNS = `cpu_percent, memory_used_bytes, memory_total_bytes, disk_used_bytes, disk_total_bytes,
  disk_read_rate, disk_write_rate, network_in_rate, network_out_rate, load, uptime_seconds`;

/** Samples as rows of a query: `vm_id, at, interval_seconds` and their values, under the name `s`. */
export const rowsOf = (samples: readonly NewSample[]): SQL => {
  const column = (pick: (sample: NewSample) => string | number | null) => sql.param(samples.map(pick));
  return sql`unnest(
    ${column((s) => s.vmId)}::uuid[], ${column((s) => s.at.toISOString())}::text[]::timestamptz[],
    ${column((s) => s.intervalSeconds)}::int[], ${column((s) => s.cpuPercent)}::float8[],
    ${column((s) => text(s.memoryUsedBytes))}::bigint[], ${column((s) => text(s.memoryTotalBytes))}::bigint[],
    ${column((s) => text(s.diskUsedBytes))}::bigint[], ${column((s) => text(s.diskTotalBytes))}::bigint[],
    ${column((s) => s.diskReadRate)}::float8[], ${column((s) => s.diskWriteRate)}::float8[],
    ${column((s) => s.networkInRate)}::float8[], ${column((s) => s.networkOutRate)}::float8[],
    ${column((s) => s.load)}::float8[], ${column((s) => text(s.uptimeSeconds))}::bigint[]
  ) s(vm_id, at, interval_seconds, ${sql.raw(VALUE_COLUMNS)})`;
};
