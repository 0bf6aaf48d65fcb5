import type { Disk } from "../../machines/machine.js";

/** Gauges and counters of a computer at one moment, as its operating system gives them; null where it gives none. */
export interface HostReading {
  /** Milliseconds of a clock that never jumps. */
  takenAt: number;
  /** Time that all processors together were busy, and that passed, since the start; in any one unit. */
  cpuBusy: number | null;
  cpuTotal: number | null;
  memoryUsedBytes: bigint | null;
  memoryTotalBytes: bigint | null;
  diskUsedBytes: bigint | null;
  diskTotalBytes: bigint | null;
  /** Bytes since the start. */
  diskReadBytes: number | null;
  diskWrittenBytes: number | null;
  networkInBytes: number | null;
  networkOutBytes: number | null;
  load: number | null;
  uptimeSeconds: bigint | null;
}

/** What a computer is, which changes at a restart at most. */
export interface HostIdentity {
  /** Stays the same through restarts; a UUID. */
  id: string;
  name: string;
  /** Of the operating system. */
  image: string;
  vcpus: number;
  memoryBytes: bigint;
  disks: readonly Disk[];
  addresses: readonly string[];
  bootedAt: Date;
}

/** The computer that this process runs on. */
export interface Host {
  identify(): Promise<HostIdentity>;
  read(): Promise<HostReading>;
}
