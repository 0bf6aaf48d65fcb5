import { announce, readSetting, type Tx } from "@tollgate/kit";
import type { DeliveredEvent, ProvisioningChange, VmChange } from "@tollgate/kit/protocol";
import { eq, sql } from "drizzle-orm";
import { captureHold, placeHold, releaseHold } from "../ledger/holds.js";
import { machine } from "../machines/machine.schema.js";
import { machineOf, sizeOf } from "../prices/config.js";
import { fraction, lesser, multiply, rounded } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import { taxWithin } from "../tax/tax.js";
import { pauseCharging } from "../usage/runs.js";
import { order, type VmOrderRow, vmOrder } from "./order.schema.js";

const GONE: readonly VmChange["state"][] = ["DELETED", "FAILED"];

const costOf = ({ rate }: VmOrderRow, hours: number): bigint => rounded(multiply(rate, fraction(BigInt(hours), 1n)));

/** Told to whoever ordered. */
const tellEnd = (
  tx: Tx,
  row: VmOrderRow,
  state: "COMPLETED" | "FAILED" | "CANCELLED",
  reason: string | null,
  at: Date,
): Promise<unknown> => {
  const { id: orderId, organisationId, placedBy, vm } = row;
  const payload = { orderId, organisationId, placedBy, state, vmName: vm.name, reason, at };
  return announce(tx, "order.ended", { aggregateId: orderId, organisationId, payload });
};

/** The news that it runs may have come before those of the machine itself; a later state stays. */
const RUNS = sql`case when ${machine.state} = 'PROVISIONING' then 'RUNNING' else ${machine.state} end`;

/**
 * The machine in billing's own inventory, with what was ordered beside it. Locked until the transaction ends, so that
 * news of it from telemetry come before or after, never in between.
 */
const enterMachine = async (tx: Tx, row: VmOrderRow, vmId: string): Promise<VmChange["state"]> => {
  const { name, vcpus, memoryBytes, disks } = machineOf(row.vm);
  const extras = sizeOf(row.vm).extras ?? null;
  const facts = { organisationId: row.organisationId, name, vcpus, memoryBytes, disks, state: "RUNNING" as const };
  const [known] = await tx.db
    .insert(machine)
    .values({ ...facts, vmId, extras, isCharged: true, version: 0n })
    .onConflictDoUpdate({ target: machine.vmId, set: { extras, state: RUNS } })
    .returning({ state: machine.state });
  if (!known) throw new Error("insert gave no row");
  return known.state;
};

/** What is available, minor units; locked until the transaction ends. */
const freeOf = async (tx: Tx, walletId: string): Promise<bigint> => {
  const [row] = await tx.sql<{ available: bigint }[]>`select available from lock_wallet(${walletId})`;
  if (!row) throw new Error("an order has no wallet");
  return row.available;
};

/**
 * It runs: the first hour is paid, the reserve is set aside as far as the money reaches (grace may be set longer than the
 * runway), the rest is free again. A machine that is gone by now gets no reserve.
 */
const complete = async (tx: Tx, row: VmOrderRow, vmId: string, at: Date): Promise<void> => {
  await pauseCharging(tx, row.organisationId);
  const state = await enterMachine(tx, row, vmId);
  const { id: orderId, organisationId, walletId, number, vm } = row;
  const firstHour = costOf(row, 1);
  const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId);
  await captureHold(tx, {
    holdId: row.holdId,
    amount: firstHour,
    tax: taxWithin(firstHour, prices?.tax ?? null),
    kind: "CAPTURE",
    description: `First hour of ${vm.name}, order ${number}`,
    releaseAs: `Given back of order ${number}, ${vm.name}`,
    at,
  });
  const graceHours = await readSetting(tx, "billing.graceHours", organisationId);
  const reserveHoldId = GONE.includes(state)
    ? null
    : await placeHold(tx, {
        organisationId,
        walletId,
        kind: "MACHINE_RESERVE",
        amount: lesser(costOf(row, graceHours), await freeOf(tx, walletId)),
        orderId,
        vmId,
        description: `Reserve of ${vm.name}`,
        at,
      });
  await tx.db.update(order).set({ state: "COMPLETED", vmId, reserveHoldId, endedAt: at }).where(eq(order.id, orderId));
  await tellEnd(tx, row, "COMPLETED", null, at);
};

const giveUp = async (
  tx: Tx,
  row: VmOrderRow,
  state: "FAILED" | "CANCELLED",
  { vmId, reason }: ProvisioningChange,
  at: Date,
): Promise<void> => {
  const words = state === "FAILED" ? "failed" : "was cancelled";
  await releaseHold(tx, { holdId: row.holdId, at, description: `Order ${row.number} ${words}` });
  await tx.db.update(order).set({ state, vmId, failureReason: reason, endedAt: at }).where(eq(order.id, row.id));
  await tellEnd(tx, row, state, reason, at);
};

/**
 * Telemetry tells how an order's machine stands; only this moves the money that is held for it. Repeated, late and
 * overtaken news change nothing: the first end counts, and there is one only.
 */
export const followProvisioning = async (tx: Tx, event: DeliveredEvent, at: Date): Promise<void> => {
  const change = event.payload as ProvisioningChange; // the catalogue's type for this event
  const [found] = await tx.db.select().from(order).where(eq(order.id, change.orderId)).for("update");
  if (!found || found.endedAt) return;
  const row = vmOrder(found);
  const { state, vmId } = change;
  if (state === "RUNNING") {
    if (!vmId) throw new Error("a running machine without an id");
    return complete(tx, row, vmId, at);
  }
  if (state !== "STARTED") return giveUp(tx, row, state, change, at);
  const next = row.state === "PLACED" ? "PROVISIONING" : row.state;
  await tx.db.update(order).set({ state: next, vmId }).where(eq(order.id, row.id));
};

/** A machine is gone for good: its reserve is free again. */
export const freeReserve = async (tx: Tx, event: DeliveredEvent, at: Date): Promise<void> => {
  const { vmId, state, name } = event.payload as VmChange; // the catalogue's type for this event
  if (!GONE.includes(state)) return;
  const [row] = await tx.db.select().from(order).where(eq(order.vmId, vmId)).for("update");
  if (!row?.reserveHoldId) return;
  await releaseHold(tx, { holdId: row.reserveHoldId, at, description: `${name} is gone` });
  await tx.db.update(order).set({ reserveHoldId: null }).where(eq(order.id, row.id));
};
