import {
  announce,
  audit,
  ConflictFault,
  type Connection,
  connectionOf,
  inBranch,
  inScope,
  isId,
  machineDigest,
  NotFoundFault,
  newEventId,
  organisationInScope,
  type PageArguments,
  pageSize,
  type Receipts,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, asc, desc, eq, gte, inArray, isNull, lt, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import { provisioningLaw } from "../ledger/funds.js";
import { placeHold } from "../ledger/holds.js";
import { walletFor } from "../ledger/ledger.js";
import { organisationAbove } from "../organisations.js";
import { machineOf } from "../prices/config.js";
import { fraction, multiply, rounded } from "../prices/fraction.js";
import { quote, type VmQuoteRow, vmQuote } from "../quotes/quote.schema.js";
import { lockQuote, onceFor, personOf, requireIssued } from "../quotes/quotes.js";
import { InsufficientFundsFault } from "./order.problems.js";
import { type OrderKind, type OrderRow, type OrderState, order, type VmOrderRow, vmOrder } from "./order.schema.js";

/** Telemetry must begin within this time, or not at all. */
const START_WITHIN = 5 * 60_000;
/** An order without an end is asked about after this time. */
const OVERDUE_AFTER = 15 * 60_000;
/** Overdue orders asked about in one transaction. */
const MOST_AT_ONCE = 500;

/**
 * Orders the quoted machine: in one transaction the quote is accepted, the law of funds is asked under the wallet's
 * lock, the money held, the order written and sent on its way with a receipt that proves the hold.
 * @returns the order's id; the same again for the same key and input.
 * @throws InsufficientFundsFault (nothing was moved), QuoteExpiredFault, NotFoundFault, ForbiddenFault, ConflictFault.
 */
export const orderVm = (tx: Tx, quoteId: string, key: string, receipts: Receipts, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: quoteId, key, operation: "orderVm", input: { quoteId } }, at, async () => {
    const quoted = await lockQuote(tx, quoteId);
    requireIssued(quoted, at);
    requireActive(await organisationInScope(tx, quoted.organisationId));
    const machine = vmQuote(quoted);
    if (!machine) throw new ConflictFault("This quote is for items of the catalogue: order those.", quoted.id);
    const row = await place(tx, machine, at);
    await tx.db.update(quote).set({ state: "ACCEPTED" }).where(eq(quote.id, quoted.id));
    await send(tx, row, receipts, at);
    await audit(tx, "billing", {
      action: "order:place",
      resource: "order",
      resourceId: row.id,
      organisationId: row.organisationId,
      after: { number: row.number, quote: quoted.number, vm: row.vm, total: row.total },
    });
    return row.id;
  });

/** The order with its hold: the runway of the new machine, of which most comes back once it runs. */
const place = async (tx: Tx, quoted: VmQuoteRow, at: Date): Promise<VmOrderRow> => {
  const { organisationId, currency, vm, price } = quoted;
  const walletId = await walletFor(tx, organisationId, currency);
  const funds = await provisioningLaw(tx, walletId, price.rate, at);
  if (!funds.allowed) throw new InsufficientFundsFault(funds, walletId);
  const orderId = newEventId();
  const holdId = await placeHold(tx, {
    organisationId,
    walletId,
    kind: "ORDER",
    amount: rounded(multiply(price.rate, fraction(BigInt(funds.runwayHours), 1n))),
    orderId,
    vmId: null,
    description: `Order of ${vm.name}`,
    at,
  });
  const parties = { organisationId, sellerId: organisationAbove(organisationId) };
  const values = { ...parties, walletId, holdId, vm, currency, rate: price.rate, total: price.total };
  const [row] = await tx.db
    .insert(order)
    .values({ ...values, id: orderId, state: "PLACED", quoteId: quoted.id, placedBy: personOf(tx), placedAt: at })
    .returning();
  if (!row) throw new Error("insert gave no row");
  return vmOrder(row);
};

const send = async (tx: Tx, row: VmOrderRow, receipts: Receipts, at: Date): Promise<void> => {
  const { id: orderId, organisationId, holdId } = row;
  const vm = machineOf(row.vm);
  const startBefore = new Date(at.getTime() + START_WITHIN);
  const receipt = await receipts.sign({ holdId, orderId, organisationId, digest: machineDigest(vm), startBefore });
  await announce(tx, "order.placed", {
    aggregateId: orderId,
    organisationId,
    payload: { orderId, organisationId, receipt, vm },
  });
};

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
