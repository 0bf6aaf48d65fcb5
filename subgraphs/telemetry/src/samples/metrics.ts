/** What is measured, by its name in the graph, with the column that keeps it. */
export const METRICS = {
  CPU: "cpu_percent",
  MEMORY_USED: "memory_used_bytes",
  MEMORY_TOTAL: "memory_total_bytes",
  DISK_USED: "disk_used_bytes",
  DISK_TOTAL: "disk_total_bytes",
  DISK_READ_RATE: "disk_read_rate",
  DISK_WRITE_RATE: "disk_write_rate",
  NETWORK_IN_RATE: "network_in_rate",
  NETWORK_OUT_RATE: "network_out_rate",
  LOAD: "load",
  UPTIME: "uptime_seconds",
} as const;

export type Metric = keyof typeof METRICS;

/** Values at one moment; null where a value was not measured. Percent 0-100, bytes, bytes per second, seconds. */
export interface Measurement {
  cpuPercent: number | null;
  memoryUsedBytes: bigint | null;
  memoryTotalBytes: bigint | null;
  diskUsedBytes: bigint | null;
  diskTotalBytes: bigint | null;
  diskReadRate: number | null;
  diskWriteRate: number | null;
  networkInRate: number | null;
  networkOutRate: number | null;
  /** Average over 1 minute. */
  load: number | null;
  uptimeSeconds: bigint | null;
}

/** A measurement of one machine. */
export interface Sample extends Measurement {
  vmId: string;
  at: Date;
}

/** On its way into the store. */
export interface NewSample extends Sample {
  /** The time that it stands for, until the next one is due; coverage is measured by it. */
  intervalSeconds: number;
}

export const METRIC_FIELDS = {
  CPU: "cpuPercent",
  MEMORY_USED: "memoryUsedBytes",
  MEMORY_TOTAL: "memoryTotalBytes",
  DISK_USED: "diskUsedBytes",
  DISK_TOTAL: "diskTotalBytes",
  DISK_READ_RATE: "diskReadRate",
  DISK_WRITE_RATE: "diskWriteRate",
  NETWORK_IN_RATE: "networkInRate",
  NETWORK_OUT_RATE: "networkOutRate",
  LOAD: "load",
  UPTIME: "uptimeSeconds",
} as const satisfies Record<Metric, keyof Measurement>;
