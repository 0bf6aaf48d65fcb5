import { createHash } from "node:crypto";
import type { OrderPlacement } from "@tollgate/kit/protocol";

/** How far a machine is at its hypervisor. */
export type Phase = "CREATING" | "INSTALLING" | "BOOTING" | "RUNNING" | "STOPPED" | "FAILED";

/** A machine as its hypervisor has it. */
export interface HypervisorMachine {
  id: string;
  orderId: string;
  phase: Phase;
  /** 0-100, of its way to running. */
  percent: number;
  address: string | null;
  /** When it was last switched on. */
  bootedAt: Date | null;
  /** In words for the person who ordered; of FAILED. */
  failure: string | null;
}

export interface HypervisorOrder {
  id: string;
  orderId: string;
  machine: OrderPlacement["vm"];
}

/**
 * What runs machines. Every call may be repeated; a call that throws may or may not have had its effect, so whoever
 * called asks with `find` before calling again.
 */
export interface Hypervisor {
  /** Vcpus and bytes of memory for all machines together. */
  capacity(): { vcpus: number; memoryBytes: bigint };
  /** Begins to make a machine, or does nothing where one with this id exists. */
  create(order: HypervisorOrder): Promise<void>;
  find(id: string): Promise<HypervisorMachine | null>;
  list(): Promise<HypervisorMachine[]>;
  start(id: string): Promise<void>;
  stop(id: string): Promise<void>;
  reboot(id: string): Promise<void>;
  /** For good, disks included; nothing for one that is gone. */
  destroy(id: string): Promise<void>;
}

const NAMESPACE = Buffer.from("6f1c2a5e9b7d4c38a0e4d2f17b3c8a65", "hex");

/** The id of an order's machine (UUIDv5), the same here, at the hypervisor and after a crash: never a second machine. */
export const machineIdOf = (orderId: string): string => {
  const bytes = createHash("sha1")
    .update(NAMESPACE)
    .update(Buffer.from(orderId.replaceAll("-", ""), "hex"))
    .digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes
    .subarray(0, 16)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};
