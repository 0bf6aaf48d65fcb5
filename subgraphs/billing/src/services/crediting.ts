import { ConflictFault, type Tx } from "@tollgate/kit";
import { and, desc, eq, inArray } from "drizzle-orm";
import { takeBack } from "../invoices/crediting.js";
import { type InvoiceRow, invoice } from "../invoices/invoice.schema.js";
import { fraction, lesser, rounded } from "../prices/fraction.js";
import type { Due } from "./period.js";
import type { ServiceSubscriptionRow } from "./service.schema.js";

/** Invoices of a subscription that something can be taken back of, the newest first; locked until the transaction ends. */
export const lockInvoicesOf = (tx: Tx, serviceSubscriptionId: string): Promise<InvoiceRow[]> =>
  tx.db
    .select()
    .from(invoice)
    .where(and(eq(invoice.serviceSubscriptionId, serviceSubscriptionId), inArray(invoice.state, ["ISSUED", "PAID"])))
    .orderBy(desc(invoice.createdAt), desc(invoice.id))
    .for("update");

interface Portion {
  row: InvoiceRow;
  amount: bigint;
  tax: bigint;
}

/** Which invoices take how much back: the newest first, each at most what is left of it. Taxes in proportion, to the cent. */
const portionsOf = (rows: readonly InvoiceRow[], due: Due): { portions: Portion[]; missing: bigint } => {
  const total = due.net + due.tax;
  let missing = total;
  let taxLeft = due.tax;
  const portions = rows.flatMap((row): Portion[] => {
    const amount = lesser(row.total - row.credited, missing);
    if (amount <= 0n) return [];
    missing -= amount;
    const tax = missing === 0n ? taxLeft : rounded(fraction(amount * due.tax, total));
    taxLeft -= tax;
    return [{ row, amount, tax }];
  });
  return { portions, missing };
};

/**
 * Gives back what was paid for a period in advance and is not used, by credit notes for its invoices, which are locked.
 * @param back not below zero.
 * @returns the first entry's id; null where there is nothing to give back.
 * @throws ConflictFault where the invoices were taken back by hand already: nothing is given back twice.
 */
export const giveBack = async (
  tx: Tx,
  subscription: ServiceSubscriptionRow,
  { reason, ...back }: Due & { reason: string },
  at: Date,
): Promise<string | null> => {
  if (back.net + back.tax === 0n) return null;
  const { portions, missing } = portionsOf(await lockInvoicesOf(tx, subscription.id), back);
  if (missing > 0n) {
    throw new ConflictFault("What this would give back was given back by a credit note already.", subscription.id);
  }
  const entries: string[] = [];
  const because = { kind: "SERVICE_SUBSCRIPTION" as const, id: subscription.id };
  const describe = (number: string): string => `Credit note ${number}: ${reason}`;
  const shared = { reason, because, describe, action: "serviceSubscription:manage" };
  for (const { row, ...portion } of portions) {
    const { entryId } = await takeBack(tx, row, { ...portion, ...shared }, at);
    entries.push(entryId);
  }
  return entries[0] ?? null;
};
