import type { Tx } from "@tollgate/kit";
import { asc, eq, inArray } from "drizzle-orm";
import { hold } from "../ledger/hold.schema.js";
import type { EntryKind } from "../ledger/ledger.schema.js";
import { orderLine } from "../orders/items.schema.js";
import { order } from "../orders/order.schema.js";
import type { Period } from "./calendar.js";
import type { Books } from "./used.js";

/** What was charged, or given back, other than use as it goes: by what it was for. */
export interface Charge {
  kind: EntryKind;
  /** Of an order of a machine. */
  vmId: string | null;
  /** Of an order of items. */
  orderId: string | null;
  /** Of a charge of a service subscription. */
  itemId: string | null;
  /** Minor units, tax included. */
  amount: bigint;
}

/** Charges other than USAGE of several books and periods, in one statement. @returns a list for each of `asked`. */
export const chargesIn = async (tx: Tx, asked: readonly (Books & { period: Period })[]): Promise<Charge[][]> => {
  if (asked.length === 0) return [];
  const rows = await tx.sql<
    {
      nth: bigint;
      kind: EntryKind;
      vm_id: string | null;
      order_id: string | null;
      item_id: string | null;
      amount: bigint;
    }[]
  >`
    select a.nth, e.kind, o.vm_id, case when o.vm_id is null then o.id end as order_id, s.item_id,
        sum(p.amount)::bigint as amount
      from unnest(${asked.map((one) => one.organisationId)}::uuid[], ${asked.map((one) => one.walletId)}::uuid[],
             ${asked.map(({ period }) => period.from.toISOString())}::text[]::timestamptz[],
             ${asked.map(({ period }) => period.to.toISOString())}::text[]::timestamptz[])
           with ordinality a(organisation_id, wallet_id, from_at, to_at, nth)
     cross join lateral (
       select id, kind, reason_kind, reason_id from entry
        where organisation_id = a.organisation_id and event_at >= a.from_at and event_at < a.to_at and kind <> 'USAGE'
       offset 0) e
     cross join lateral (
       select amount from posting
        where entry_id = e.id and wallet_id = a.wallet_id and account in ('REVENUE', 'TAX') offset 0) p
      left join customer_order o on e.reason_kind = 'ORDER' and o.id = e.reason_id
      left join service_charge s on s.entry_id = e.id
     group by 1, 2, 3, 4, 5 order by 2, 3, 4, 5`;
  const byNth = Map.groupBy(rows, ({ nth }) => Number(nth));
  return asked.map((_, index) =>
    (byNth.get(index + 1) ?? []).map(({ vm_id: vmId, order_id: orderId, item_id: itemId, ...row }) => ({
      kind: row.kind,
      amount: row.amount,
      vmId,
      orderId,
      itemId,
    })),
  );
};

/** Items of orders with what each brought of its order's charge, by order. */
export const itemsOf = async (
  tx: Tx,
  orderIds: readonly string[],
): Promise<Map<string, { itemId: string; net: bigint }[]>> => {
  if (orderIds.length === 0) return new Map();
  const { orderId, itemId, net } = orderLine;
  const rows = await tx.db
    .select({ orderId, itemId, net })
    .from(orderLine)
    .where(inArray(orderId, [...orderIds]))
    .orderBy(asc(orderId), asc(orderLine.position));
  return Map.groupBy(rows, (row) => row.orderId);
};

/** Minor units without tax that machines' orders paid of their use in advance, by machine. */
export const paidInAdvance = async (tx: Tx, vmIds: readonly string[]): Promise<Map<string, bigint>> => {
  if (vmIds.length === 0) return new Map();
  const rows = await tx.db
    .select({ vmId: order.vmId, captured: hold.captured, tax: hold.capturedTax })
    .from(order)
    .innerJoin(hold, eq(hold.id, order.holdId))
    .where(inArray(order.vmId, [...vmIds]));
  return new Map(rows.flatMap(({ vmId, captured, tax }) => (vmId === null ? [] : [[vmId, captured - tax] as const])));
};
