import type { Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import type { HostIdentity } from "../adapters/host/reading.js";
import { createMachines, type NewMachine } from "./creation.js";
import { machineOf } from "./machine.js";
import { vm } from "./machine.schema.js";
import { announceMachines } from "./states.js";

/** The operator's organisation, null while the tree is not known. */
const operatorOrganisation = async (tx: Tx): Promise<string | null> => {
  const [row] = await tx.sql<{ id: string }[]>`
    select organisation_id as id from tenancy where parent_id is null and kind = 'INTERNAL'`;
  return row?.id ?? null;
};

/**
 * Makes the computer that Tollgate runs on a machine of the operator, or brings its size and addresses up to date.
 * @returns whether it is in the inventory; not so while the tree is not known.
 */
export const registerHost = async (tx: Tx, host: HostIdentity, now: Date): Promise<boolean> => {
  const organisationId = await operatorOrganisation(tx);
  if (organisationId === null) return false;
  const { id, bootedAt, ...facts } = host;
  const machine: NewMachine = {
    ...facts,
    id,
    organisationId,
    labels: [{ key: "role", value: "host" }],
    state: "RUNNING",
    isHost: true,
    createdAt: now,
    startedAt: bootedAt,
  };
  const created = await createMachines(tx, [machine], now);
  if (created.length > 0) return true;
  const [before] = await tx.db.select().from(vm).where(eq(vm.id, id)).for("update");
  const [after] = await tx.db
    .update(vm)
    .set({
      ...facts,
      addresses: [...facts.addresses],
      storageBytes: facts.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0n),
      startedAt: bootedAt,
    })
    .where(eq(vm.id, id))
    .returning();
  const changed =
    before?.vcpus !== after?.vcpus || before?.memoryBytes !== after?.memoryBytes || before?.name !== after?.name;
  if (after && changed) await announceMachines(tx, [machineOf(after)], new Map(), now);
  return true;
};
