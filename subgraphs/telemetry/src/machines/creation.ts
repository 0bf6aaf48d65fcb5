import type { Tx } from "@tollgate/kit";
import { type Disk, type Label, type Machine, machineOf, type VmState } from "./machine.js";
import { vm } from "./machine.schema.js";
import { announceMachines, type StateChange } from "./states.js";

export interface NewMachine {
  id: string;
  organisationId: string;
  name: string;
  image: string;
  vcpus: number;
  memoryBytes: bigint;
  disks: readonly Disk[];
  addresses: readonly string[];
  labels: readonly Label[];
  state: Exclude<VmState, "SUSPENDED" | "DELETED">;
  isHost?: boolean;
  orderId?: string | null;
  profile?: string | null;
  createdAt: Date;
  startedAt: Date | null;
}

/**
 * Adds machines that do not exist yet and tells everybody of them.
 * @param at when they are added: however old they are, nothing is charged for the time before.
 * @returns those that are new.
 */
export const createMachines = async (tx: Tx, machines: readonly NewMachine[], at: Date): Promise<Machine[]> => {
  if (machines.length === 0) return [];
  const values = machines.map((machine) => ({
    ...machine,
    addresses: [...machine.addresses],
    storageBytes: machine.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0n),
    stateChangedAt: machine.startedAt ?? machine.createdAt,
  }));
  const rows = await tx.db.insert(vm).values(values).onConflictDoNothing({ target: vm.id }).returning();
  const created = rows.map(machineOf);
  const changes = created.map((machine): [string, StateChange] => [
    machine.id,
    { vmId: machine.id, from: null, to: machine.state, reason: null, at: machine.stateChangedAt },
  ]);
  await announceMachines(tx, created, new Map(changes), at);
  return created;
};
