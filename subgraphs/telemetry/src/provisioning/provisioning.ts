import { announce, emit, machineDigest, type Receipts, type Tx } from "@tollgate/kit";
import type { DeliveredEvent, OrderPlacement, ProvisioningCancel, ProvisioningChange } from "@tollgate/kit/protocol";
import { and, asc, eq, isNull } from "drizzle-orm";
import { type ProvisioningRow, provisioning } from "./provisioning.schema.js";

/** Looked after in one turn. */
const MOST_AT_ONCE = 200;

/** The live topic of one order's progress. */
export const progressTopic = (orderId: string): string => `provisioning:${orderId}`;

/** Wakes whoever watches the order. */
const stir = ({ orderId, organisationId }: { orderId: string; organisationId: string }, tx: Tx) =>
  emit(tx, {
    type: "provisioning.progressed",
    aggregateId: null,
    organisationId,
    payload: { orderId },
    topic: progressTopic(orderId),
  });

/** Tells billing how it stands; within the order's own sequence of events. */
export const tell = async (
  tx: Tx,
  row: Pick<ProvisioningRow, "orderId" | "organisationId" | "vmId">,
  state: ProvisioningChange["state"],
  reason: string | null,
  at: Date,
): Promise<void> => {
  const { orderId, organisationId, vmId } = row;
  const payload = { orderId, organisationId, state, vmId, reason, at };
  await announce(tx, "provisioning.changed", { aggregateId: orderId, organisationId, payload });
  await stir(row, tx);
};

const REFUSED = "The proof of payment does not belong to this order.";

/**
 * An order was placed: it is queued, once, if its receipt proves the hold for exactly this machine. What was cancelled
 * before stays cancelled.
 */
export const queueOrder = async (tx: Tx, event: DeliveredEvent, receipts: Receipts, at: Date): Promise<void> => {
  const { orderId, organisationId, receipt, vm } = event.payload as OrderPlacement; // the catalogue's type for this event
  const proof = await receipts.verify(receipt);
  const isProven =
    proof?.orderId === orderId && proof.organisationId === organisationId && proof.digest === machineDigest(vm);
  const [row] = await tx.db
    .insert(provisioning)
    .values({
      orderId,
      organisationId,
      machine: vm,
      placedAt: at,
      startBefore: proof?.startBefore ?? null,
      ...(isProven
        ? { state: "QUEUED" as const, message: "Waiting for the hypervisor" }
        : { state: "FAILED" as const, message: REFUSED, failureReason: REFUSED, finishedAt: at }),
    })
    .onConflictDoNothing()
    .returning();
  if (row && !isProven) await tell(tx, row, "FAILED", REFUSED, at);
};

/** How an end is told again to somebody who asks after it. */
const END: Partial<Record<ProvisioningRow["state"], ProvisioningChange["state"]>> = {
  RUNNING: "RUNNING",
  FAILED: "FAILED",
  CANCELLED: "CANCELLED",
};

/**
 * The order shall be cancelled. Before the hypervisor has begun it is, also where the order was never heard of: that
 * leaves a tombstone. Later the wish is noted, and the end, whichever it is, is the answer.
 */
export const cancelProvisioning = async (tx: Tx, event: DeliveredEvent, at: Date): Promise<void> => {
  const { orderId, organisationId } = event.payload as ProvisioningCancel; // the catalogue's type for this event
  const tombstone = {
    orderId,
    organisationId,
    state: "CANCELLED" as const,
    message: "Cancelled",
    placedAt: at,
    cancelRequestedAt: at,
    finishedAt: at,
  };
  const [buried] = await tx.db.insert(provisioning).values(tombstone).onConflictDoNothing().returning();
  if (buried) return tell(tx, buried, "CANCELLED", null, at);
  const row = await lock(tx, orderId);
  if (!row) throw new Error("a row that was in the way is gone");
  const end = END[row.state];
  if (end) return tell(tx, row, end, row.failureReason, at);
  if (row.state === "QUEUED") return finish(tx, row, "CANCELLED", null, at);
  if (row.cancelRequestedAt) return;
  await tx.db.update(provisioning).set({ cancelRequestedAt: at }).where(eq(provisioning.orderId, orderId));
};

/** The order's row, locked until the transaction ends. */
export const lock = async (tx: Tx, orderId: string): Promise<ProvisioningRow | null> => {
  const [row] = await tx.db.select().from(provisioning).where(eq(provisioning.orderId, orderId)).for("update");
  return row ?? null;
};

const MESSAGES = { RUNNING: "Running", FAILED: "Failed", CANCELLED: "Cancelled" } as const;

/** The end, told to billing in the same transaction. The row is locked by the caller. */
export const finish = async (
  tx: Tx,
  row: ProvisioningRow,
  state: "RUNNING" | "FAILED" | "CANCELLED",
  reason: string | null,
  at: Date,
): Promise<void> => {
  await tx.db
    .update(provisioning)
    .set({
      state,
      percent: state === "RUNNING" ? 100 : row.percent,
      message: MESSAGES[state],
      failureReason: reason,
      finishedAt: at,
    })
    .where(eq(provisioning.orderId, row.orderId));
  await tell(tx, row, state, reason, at);
};

/** Notes how far it is, and wakes whoever watches; nothing where it has ended or is ending. */
export const progress = async (
  tx: Tx,
  row: ProvisioningRow,
  state: "CREATING" | "INSTALLING" | "BOOTING",
  percent: number,
): Promise<void> => {
  const message = { CREATING: "Reserving its place", INSTALLING: "Installing the image", BOOTING: "Starting" }[state];
  const [changed] = await tx.db
    .update(provisioning)
    .set({ state, percent, message })
    .where(and(eq(provisioning.orderId, row.orderId), isNull(provisioning.finishedAt), isNull(provisioning.ending)))
    .returning({ orderId: provisioning.orderId });
  if (changed) await stir(row, tx);
};

/** Those that are on their way, the oldest first. */
export const openProvisionings = (tx: Tx): Promise<ProvisioningRow[]> =>
  tx.db
    .select()
    .from(provisioning)
    .where(isNull(provisioning.finishedAt))
    .orderBy(asc(provisioning.placedAt), asc(provisioning.orderId))
    .limit(MOST_AT_ONCE);
