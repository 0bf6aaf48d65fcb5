import type { Tx } from "@tollgate/kit";
import { createUnionType } from "@tollgate/kit/graphql";
import { inArray } from "drizzle-orm";
import { Invoice, shownInvoice } from "../invoices/invoice.types.js";
import { invoicesById } from "../invoices/reading.js";
import type { ReasonKind } from "../ledger/ledger.schema.js";
import { Order, shownOrder } from "../orders/order.types.js";
import { ordersById } from "../orders/orders.js";
import { subscriptionsById } from "../services/reading.js";
import { ServiceSubscription, shownSubscription } from "../services/service.types.js";
import { shownTopUp, TopUp } from "../topups/topup.types.js";
import { topUpsById } from "../topups/topup-list.js";
import { shownUsage, UsageRecord } from "../usage/usage.resolver.js";
import { usageRecord } from "../usage/usage.schema.js";

/** What an entry names as its reason, by the same id. */
export interface ReasonKey {
  kind: ReasonKind;
  id: string;
}

export const LedgerReason = createUnionType({
  name: "LedgerReason",
  description: "What an entry came from.",
  types: () => [TopUp, Order, Invoice, ServiceSubscription, UsageRecord] as const,
  resolveType: (reason: object) => {
    if (reason instanceof TopUp) return "TopUp";
    if (reason instanceof Invoice) return "Invoice";
    if (reason instanceof ServiceSubscription) return "ServiceSubscription";
    return reason instanceof Order ? "Order" : "UsageRecord";
  },
});

type Found = ReadonlyMap<string, object>;

const shownAs = <Row>(rows: ReadonlyMap<string, Row>, show: (row: Row) => object): Found =>
  new Map([...rows].map(([id, row]) => [id, show(row)]));

/** How reasons of each kind are read; those outside of the estate are left out. */
const READERS: Record<ReasonKind, (tx: Tx, ids: readonly string[], at: Date) => Promise<Found>> = {
  TOP_UP: async (tx, ids) => shownAs(await topUpsById(tx, ids), (row) => Object.assign(new TopUp(), shownTopUp(row))),
  ORDER: async (tx, ids) => shownAs(await ordersById(tx, ids), shownOrder),
  INVOICE: async (tx, ids, at) => shownAs(await invoicesById(tx, ids), (row) => shownInvoice(row, at)),
  SERVICE_SUBSCRIPTION: async (tx, ids) => shownAs(await subscriptionsById(tx, ids), shownSubscription),
  USAGE_RECORD: async (tx, ids) => {
    const rows = await tx.db
      .select()
      .from(usageRecord)
      .where(inArray(usageRecord.id, [...ids]));
    return new Map(rows.map((row) => [row.id, Object.assign(new UsageRecord(), shownUsage(row))]));
  },
};

/** What entries came from, as it stands at a moment; one statement for each kind among them. */
export const reasonsOf = async (tx: Tx, keys: readonly ReasonKey[], at: Date): Promise<Map<ReasonKey, object>> => {
  const found = new Map<ReasonKey, object>();
  for (const [kind, alike] of Map.groupBy(keys, (key) => key.kind)) {
    const shown = await READERS[kind](tx, [...new Set(alike.map(({ id }) => id))], at);
    for (const key of alike) {
      const reason = shown.get(key.id);
      if (reason) found.set(key, reason);
    }
  }
  return found;
};
