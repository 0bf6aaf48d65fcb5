import { announceAll, type Tx } from "@tollgate/kit";
import type { DeliveredEvent, ProvisioningChange, VmChange } from "@tollgate/kit/protocol";
import { eq, inArray } from "drizzle-orm";
import { type Release, releaseHold, releaseHolds } from "../ledger/holds.js";
import { type Completion, completeAll, GONE } from "./completing.js";
import { type OrderState, order, type VmOrderRow, vmOrder } from "./order.schema.js";

/** Where an order goes next. */
interface Step {
  row: VmOrderRow;
  state: OrderState;
  vmId: string | null;
  reserveHoldId: string | null;
  reason: string | null;
}

/** What telemetry tells of an order that has not ended. */
interface News {
  row: VmOrderRow;
  change: ProvisioningChange;
}

const ENDS = ["COMPLETED", "FAILED", "CANCELLED"] as const;

const write = async (tx: Tx, steps: readonly Step[], at: Date): Promise<void> => {
  const column = (of: (step: Step) => string | null) => steps.map(of);
  await tx.sql`
    update customer_order o set state = s.state, vm_id = s.vm_id, reserve_hold_id = s.reserve_hold_id,
        failure_reason = s.reason, ended_at = case when s.state = any(${[...ENDS]}::text[]) then ${at.toISOString()}::timestamptz end
      from unnest(${column(({ row }) => row.id)}::uuid[], ${column(({ state }) => state)}::text[],
             ${column(({ vmId }) => vmId)}::uuid[], ${column(({ reserveHoldId }) => reserveHoldId)}::uuid[],
             ${column(({ reason }) => reason)}::text[]) s(id, state, vm_id, reserve_hold_id, reason)
     where o.id = s.id`;
};

/** Told to whoever ordered. */
const tellEnds = async (tx: Tx, steps: readonly Step[], at: Date): Promise<void> => {
  const ends = steps.flatMap(({ row, state: next, reason }) => {
    const state = ENDS.find((end) => end === next);
    if (!state) return [];
    const { id: orderId, organisationId, placedBy, vm } = row;
    const payload = { orderId, organisationId, placedBy, state, vmName: vm.name, reason, at };
    return [{ aggregateId: orderId, organisationId, payload }];
  });
  await announceAll(tx, "order.ended", ends);
};

const complete = async (tx: Tx, news: readonly News[], at: Date): Promise<Step[]> => {
  const completions = news.map(({ row, change: { vmId } }): Completion => {
    if (!vmId) throw new Error("a running machine without an id");
    return { row, vmId };
  });
  const reserves = await completeAll(tx, completions, at);
  return completions.map(({ row, vmId }) => {
    return { row, vmId, state: "COMPLETED", reserveHoldId: reserves.get(row.id) ?? null, reason: null };
  });
};

const giveUp = async (tx: Tx, news: readonly News[], at: Date): Promise<Step[]> => {
  const releases = news.map(({ row, change: { state } }): Release => {
    const words = state === "FAILED" ? "failed" : "was cancelled";
    return { holdId: row.holdId, at, description: `Order ${row.number} ${words}` };
  });
  await releaseHolds(tx, releases);
  return news.map(({ row, change: { state, vmId, reason } }) => {
    return { row, vmId, state: state === "FAILED" ? "FAILED" : "CANCELLED", reserveHoldId: null, reason };
  });
};

const started = ({ row, change: { vmId } }: News): Step => {
  const state = row.state === "PLACED" ? "PROVISIONING" : row.state;
  return { row, vmId, state, reserveHoldId: row.reserveHoldId, reason: row.failureReason };
};

/**
 * Telemetry tells how machines of different orders stand; only this moves the money that is held for them. Repeated, late
 * and overtaken news change nothing: the first end counts, and there is one only. As many statements for one as for many.
 */
export const followProvisioning = async (tx: Tx, events: readonly DeliveredEvent[], at: Date): Promise<void> => {
  const changes = events.map(({ payload }) => payload as ProvisioningChange); // the catalogue's type for this event
  const ids = changes.map(({ orderId }) => orderId);
  const found = await tx.db.select().from(order).where(inArray(order.id, ids)).orderBy(order.id).for("update");
  const open = new Map(found.filter(({ endedAt }) => !endedAt).map((row) => [row.id, vmOrder(row)]));
  const news = changes.flatMap((change): News[] => {
    const row = open.get(change.orderId);
    return row ? [{ row, change }] : [];
  });
  if (news.length === 0) return;
  const {
    RUNNING: running = [],
    STARTED: begun = [],
    over = [],
  } = Object.groupBy(news, ({ change: { state } }) => (state === "RUNNING" || state === "STARTED" ? state : "over"));
  const steps = [...(await complete(tx, running, at)), ...(await giveUp(tx, over, at)), ...begun.map(started)];
  await write(tx, steps, at);
  await tellEnds(tx, steps, at);
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
