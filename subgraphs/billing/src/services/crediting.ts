import { ConflictFault, type Tx } from "@tollgate/kit";
import { and, desc, eq, inArray } from "drizzle-orm";
import { creditNote, type InvoiceRow, invoice } from "../invoices/invoice.schema.js";
import { writeInvoice } from "../invoices/issuing.js";
import { nextNumber } from "../invoices/numbering.js";
import { recordInvoice, tellOfInvoice } from "../invoices/telling.js";
import { postEntry } from "../ledger/ledger.js";
import { fraction, lesser, rounded } from "../prices/fraction.js";
import { personOf } from "../quotes/quotes.js";
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

/** One credit note with its entry: less is due of the invoice, and what was paid already is in the wallet again. */
const credit = async (
  tx: Tx,
  subscription: ServiceSubscriptionRow,
  { row, amount, tax }: Portion,
  reason: string,
  at: Date,
): Promise<string> => {
  const { id: invoiceId, organisationId, issuerId, walletId } = row;
  const fromDue = lesser(amount, row.due);
  const number = await nextNumber(tx, issuerId, "CREDIT_NOTE", at);
  const entryId = await postEntry(tx, {
    organisationId,
    kind: "CREDIT_NOTE",
    description: `Credit note ${number}: ${reason}`,
    eventAt: at,
    reason: { kind: "SERVICE_SUBSCRIPTION", id: subscription.id },
    legs: [
      { walletId, account: "REVENUE" as const, amount: tax - amount },
      { walletId, account: "TAX" as const, amount: -tax },
      { walletId, account: "RECEIVABLE" as const, amount: fromDue, onInvoice: true },
      { walletId, account: "WALLET" as const, amount: amount - fromDue },
    ].filter((leg) => leg.amount !== 0n),
  });
  const note = { organisationId, issuerId, invoiceId, number, amount, tax, reason, issuedAt: at, entryId };
  await tx.db.insert(creditNote).values({ ...note, issuedBy: personOf(tx) });
  const due = row.due - fromDue;
  const end = row.state === "ISSUED" && due === 0n ? { state: "PAID" as const, paidAt: at } : {};
  const next = await writeInvoice(tx, invoiceId, { due, credited: row.credited + amount, ...end });
  await recordInvoice(tx, "serviceSubscription:manage", next, { creditNote: number, amount, due }, { due: row.due });
  await tellOfInvoice(tx, next, "CREDIT_NOTE", { number, amount, reason }, at);
  return entryId;
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
  for (const portion of portions) entries.push(await credit(tx, subscription, portion, reason, at));
  return entries[0] ?? null;
};
