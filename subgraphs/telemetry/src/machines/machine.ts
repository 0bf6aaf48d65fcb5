import type { vm } from "./machine.schema.js";

export type VmState = "PROVISIONING" | "RUNNING" | "STOPPED" | "SUSPENDED" | "FAILED" | "DELETED";

export interface Disk {
  name: string;
  sizeBytes: bigint;
  storage: "STANDARD" | "SSD" | "NVME";
}

export interface Label {
  key: string;
  value: string;
}

type Row = typeof vm.$inferSelect;

/** A machine as it is kept. */
export interface Machine extends Omit<Row, "state" | "disks" | "labels"> {
  state: VmState;
  disks: readonly Disk[];
  labels: readonly Label[];
}

/** A row as a machine: states and disks are only ever written by this subgraph, and a law checks the states. */
export const machineOf = (row: Row): Machine => ({
  ...row,
  state: row.state as VmState,
  disks: row.disks as Disk[],
  labels: row.labels as Label[],
});
