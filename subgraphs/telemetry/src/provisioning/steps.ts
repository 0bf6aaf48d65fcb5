import type { Tx } from "@tollgate/kit";
import type { OrderPlacement } from "@tollgate/kit/protocol";
import { and, eq, isNull, sql } from "drizzle-orm";
import { createMachines, type NewMachine } from "../machines/creation.js";
import { vm } from "../machines/machine.schema.js";
import { changeState } from "../machines/states.js";
import { refusalOf } from "../power/funds.js";
import { type Hypervisor, type HypervisorMachine, machineIdOf } from "./hypervisor.js";
import { finish, lock, tell } from "./provisioning.js";
import { hypervisorRoom, type ProvisioningRow, provisioning } from "./provisioning.schema.js";

/** How the simulated fleet lets a newly ordered machine behave. */
const PROFILE = "web";

/** Takes the machine's place at the hypervisor: whoever does so at the same moment waits, then counts anew. */
const hasRoom = async (tx: Tx, hypervisor: Hypervisor, machine: OrderPlacement["vm"]): Promise<boolean> => {
  await tx.db.insert(hypervisorRoom).values({ isOnly: true }).onConflictDoNothing();
  await tx.db.select().from(hypervisorRoom).for("update");
  const [used] = await tx.db
    .select({
      vcpus: sql<number>`coalesce(sum(vcpus), 0)::int`,
      memoryBytes: sql<bigint>`coalesce(sum(memory_bytes), 0)::bigint`,
    })
    .from(vm)
    .where(sql`order_id is not null and state not in ('DELETED', 'FAILED')`);
  const { vcpus, memoryBytes } = hypervisor.capacity();
  return (
    (used?.vcpus ?? 0) + machine.vcpus <= vcpus && BigInt(used?.memoryBytes ?? 0n) + machine.memoryBytes <= memoryBytes
  );
};

/** Why an order cannot begin now, or null. */
const obstacle = async (tx: Tx, row: ProvisioningRow, hypervisor: Hypervisor, at: Date): Promise<string | null> => {
  if (!row.machine || !row.startBefore || row.startBefore <= at) return "It could not be begun in time.";
  const [organisation] = await tx.sql<{ status: string }[]>`
    select status from tenancy where organisation_id = ${row.organisationId}`;
  if (organisation && organisation.status !== "ACTIVE") return "Its organisation is not active.";
  if (!(await hasRoom(tx, hypervisor, row.machine)))
    return "There is no room for a machine of this size at the moment.";
  return null;
};

/**
 * From QUEUED to CREATING, in one transaction: the place is taken, the machine enters the inventory, billing is told.
 * From then on a cancellation waits for the end.
 * @returns the row as it is now, or null where it went another way.
 */
export const begin = async (
  tx: Tx,
  orderId: string,
  hypervisor: Hypervisor,
  at: Date,
): Promise<ProvisioningRow | null> => {
  const row = await lock(tx, orderId);
  if (row?.state !== "QUEUED") return null;
  const reason = await obstacle(tx, row, hypervisor, at);
  if (reason || !row.machine) {
    await finish(tx, row, "FAILED", reason, at);
    return null;
  }
  const vmId = machineIdOf(orderId);
  const machine: NewMachine = {
    ...row.machine,
    id: vmId,
    orderId,
    organisationId: row.organisationId,
    addresses: [],
    labels: [],
    state: "PROVISIONING",
    profile: PROFILE,
    createdAt: at,
    startedAt: null,
  };
  await createMachines(tx, [machine], at);
  const [begun] = await tx.db
    .update(provisioning)
    .set({ state: "CREATING", message: "Reserving its place", vmId, startedAt: at })
    .where(eq(provisioning.orderId, orderId))
    .returning();
  if (begun) await tell(tx, begun, "STARTED", null, at);
  return begun ?? null;
};

/** It runs: the machine is on, and billing is told. Nothing where it has ended or was decided to end otherwise. */
export const arrive = async (tx: Tx, orderId: string, machine: HypervisorMachine, at: Date): Promise<void> => {
  const row = await lock(tx, orderId);
  if (!row?.vmId || row.finishedAt || row.ending) return;
  await tx.db
    .update(vm)
    .set({ addresses: machine.address ? [machine.address] : [] })
    .where(eq(vm.id, row.vmId));
  await changeState(tx, [row.vmId], { to: "RUNNING", reason: null, at });
  await finish(tx, row, "RUNNING", null, at);
  const refusal = await refusalOf(tx, row.organisationId);
  if (refusal) await changeState(tx, [row.vmId], { to: "SUSPENDED", ...refusal, at });
};

/** Decides that it shall end without a machine, whatever the hypervisor says from now on. */
export const decideEnd = (
  tx: Tx,
  orderId: string,
  ending: "FAILED" | "CANCELLED",
  reason: string | null,
): Promise<unknown> =>
  tx.db
    .update(provisioning)
    .set({ ending, failureReason: reason })
    .where(and(eq(provisioning.orderId, orderId), isNull(provisioning.finishedAt), isNull(provisioning.ending)));

/** Ends it as decided, once the hypervisor has nothing of it any more. */
export const endAsDecided = async (tx: Tx, orderId: string, at: Date): Promise<void> => {
  const row = await lock(tx, orderId);
  if (!row?.ending || row.finishedAt) return;
  if (row.vmId) {
    const to = row.ending === "FAILED" ? "FAILED" : "DELETED";
    await changeState(tx, [row.vmId], { to, reason: row.failureReason ?? "Its order was cancelled.", at });
  }
  await finish(tx, row, row.ending, row.failureReason, at);
};
