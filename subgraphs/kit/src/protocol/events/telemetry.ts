/** What telemetry says. */
export interface TelemetryEvents {
  /** telemetry → billing. Aggregate: the machine. */
  "vm.changed": VmChange;
  /** telemetry → billing: how an order's provisioning ended, or that the hypervisor has begun. Aggregate: the order. */
  "provisioning.changed": ProvisioningChange;
}

export interface VmChange {
  vmId: string;
  organisationId: string;
  name: string;
  state: "PROVISIONING" | "RUNNING" | "STOPPED" | "SUSPENDED" | "FAILED" | "DELETED";
  vcpus: number;
  memoryBytes: bigint;
  disks: readonly { name: string; sizeBytes: bigint; storage: "STANDARD" | "SSD" | "NVME" }[];
  /** Whether its organisation pays for it; the operator's own host costs nothing. */
  isCharged: boolean;
  /** Since when it counts as this, by telemetry's clock: use is charged from here on. */
  at: Date;
}

export interface ProvisioningChange {
  orderId: string;
  organisationId: string;
  /** STARTED: the hypervisor has it and it cannot be cancelled any more. The others are final. */
  state: "STARTED" | "RUNNING" | "FAILED" | "CANCELLED";
  vmId: string | null;
  /** In words for the person who ordered; of FAILED. */
  reason: string | null;
  at: Date;
}
