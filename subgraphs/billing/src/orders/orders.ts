import {
  announce,
  audit,
  ConflictFault,
  type Connection,
  connectionOf,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, asc, desc, eq, gte, inArray, isNull, lt, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import { onceFor } from "../quotes/quotes.js";
import { type OrderKind, type OrderRow, type OrderState, order } from "./order.schema.js";

/** An order without an end is asked about after this time. */
const OVERDUE_AFTER = 15 * 60_000;
/** Overdue orders asked about in one transaction. */
const MOST_AT_ONCE = 500;

/** Asks telemetry; what becomes of the money follows from its answer alone. */
const askToCancel = async (tx: Tx, { id: orderId, organisationId }: OrderRow): Promise<void> => {
  await tx.db.update(order).set({ state: "CANCELLING" }).where(eq(order.id, orderId));
  const payload = { orderId, organisationId };
  await announce(tx, "provisioning.cancelRequested", { aggregateId: orderId, organisationId, payload });
};

/**
 * Asks for an order's end. @returns the order's id.
 * @throws NotFoundFault, ConflictFault for one that has ended, ForbiddenFault.
 */
export const cancelOrder = (tx: Tx, orderId: string, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: orderId, key, operation: "cancelOrder", input: { orderId } }, at, async () => {
    requireId("order", orderId);
    const [row] = await tx.db.select().from(order).where(eq(order.id, orderId)).for("update");
    if (!row) throw new NotFoundFault("order", orderId);
    requireActive(await organisationInScope(tx, row.organisationId));
    if (row.endedAt) throw new ConflictFault(`This order is ${row.state.toLowerCase()} already.`, row.id);
    if (row.state !== "CANCELLING") await askToCancel(tx, row);
    const { organisationId, state } = row;
    const details = { resource: "order", resourceId: row.id, organisationId, before: { state } };
    await audit(tx, "billing", { action: "order:place", ...details, after: { state: "CANCELLING" } });
    return row.id;
  });

/** Orders that should have ended by now are asked about; telemetry being away, their holds stay. */
export const cancelOverdue = async (tx: Tx, at: Date): Promise<number> => {
  const rows = await tx.db
    .select()
    .from(order)
    .where(
      and(
        isNull(order.endedAt),
        inArray(order.state, ["PLACED", "PROVISIONING"]),
        lt(order.placedAt, new Date(at.getTime() - OVERDUE_AFTER)),
      ),
    )
    .orderBy(asc(order.id))
    .limit(MOST_AT_ONCE)
    .for("update", { skipLocked: true });
  for (const row of rows) await askToCancel(tx, row);
  return rows.length;
};

/** By id; those outside of the estate are left out. */
export const ordersById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, OrderRow>> => {
  const wanted = [...new Set(ids.filter(isId))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db.select().from(order).where(inArray(order.id, wanted));
  return new Map(rows.map((row) => [row.id, row]));
};

/** By the quote that they were placed from. */
export const ordersByQuote = async (tx: Tx, quoteIds: readonly string[]): Promise<Map<string, OrderRow>> => {
  const rows = await tx.db
    .select()
    .from(order)
    .where(inArray(order.quoteId, [...quoteIds]));
  return new Map(rows.flatMap((row) => (row.quoteId === null ? [] : [[row.quoteId, row]])));
};

export interface OrderFilter {
  organisationId?: string | null;
  kind?: OrderKind | null;
  state?: readonly OrderState[] | null;
  period?: { from: Date; to: Date } | null;
}

const conditionOf = async (tx: Tx, { organisationId, kind, state, period }: OrderFilter) => {
  if (organisationId) {
    requireId("organisation", organisationId);
    await organisationInScope(tx, organisationId);
  }
  return and(
    inScope(tx, order.organisationId),
    organisationId ? inBranch(order.organisationId, organisationId) : undefined,
    kind ? eq(order.kind, kind) : undefined,
    state ? inArray(order.state, [...state]) : undefined,
    period ? and(gte(order.placedAt, period.from), lt(order.placedAt, period.to)) : undefined,
  );
};

/** Orders of the estate, the newest first. */
export const listOrders = async (
  tx: Tx,
  page: PageArguments,
  filter: OrderFilter,
  count: () => Promise<number>,
): Promise<Connection<OrderRow>> => {
  const after = timeCursor(page.after);
  const position = after && sql`(${order.placedAt}, ${order.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  const rows = await tx.db
    .select()
    .from(order)
    .where(and(await conditionOf(tx, filter), position ?? undefined))
    .orderBy(desc(order.placedAt), desc(order.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.placedAt.toISOString(), row.id], count);
};

export const countOrders = async (tx: Tx, filter: OrderFilter): Promise<number> =>
  tx.db.$count(order, await conditionOf(tx, filter));
