import { ConflictFault, type Tx } from "@tollgate/kit";
import { and, desc, eq, gt, inArray, isNotNull, isNull, lte } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { invoiceEntry } from "../invoices/billed.schema.js";
import { takeBack } from "../invoices/crediting.js";
import { type InvoiceRow, invoice } from "../invoices/invoice.schema.js";
import { postEntry } from "../ledger/ledger.js";
import { fraction, greater, lesser, rounded } from "../prices/fraction.js";
import type { Due } from "./period.js";
import { saleLegs } from "./sale-legs.js";
import { type ServiceSubscriptionRow, serviceCharge } from "./service.schema.js";

/** What was taken, or given back where negative, by one entry. */
export interface Booked extends Due {
  /** Null where there was nothing to move. */
  entryId: string | null;
  /** On the month's invoice, instead of a document of its own. */
  isForMonth: boolean;
}

/** Of a subscription for the period that runs at a moment: what a month's invoice covers, or will cover. */
const monthlyDuring = (serviceSubscriptionId: string, at: Date) =>
  and(
    eq(serviceCharge.serviceSubscriptionId, serviceSubscriptionId),
    isNotNull(serviceCharge.chargedAt),
    lte(serviceCharge.periodStart, at),
    gt(serviceCharge.periodEnd, at),
  );

/**
 * Invoices that something of a subscription can be taken back of, the newest first: its own, and the month's where that covers
 * the period that runs at a moment; locked until the transaction ends.
 */
export const lockInvoicesOf = (tx: Tx, serviceSubscriptionId: string, at: Date): Promise<InvoiceRow[]> => {
  const monthly = tx.db
    .select({ id: invoiceEntry.invoiceId })
    .from(serviceCharge)
    .innerJoin(invoiceEntry, eq(invoiceEntry.entryId, serviceCharge.entryId))
    .where(monthlyDuring(serviceSubscriptionId, at));
  const own = tx.db
    .select({ id: invoice.id })
    .from(invoice)
    .where(eq(invoice.serviceSubscriptionId, serviceSubscriptionId));
  return tx.db
    .select()
    .from(invoice)
    .where(and(inArray(invoice.id, unionAll(own, monthly)), inArray(invoice.state, ["ISSUED", "PAID"])))
    .orderBy(desc(invoice.createdAt), desc(invoice.id))
    .for("update");
};

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

interface GivenBack extends Due {
  reason: string;
}

const creditNotes = async (
  tx: Tx,
  subscription: ServiceSubscriptionRow,
  rows: readonly InvoiceRow[],
  { reason, ...back }: GivenBack,
  at: Date,
): Promise<Booked[]> => {
  if (back.net + back.tax === 0n) return [];
  const { portions, missing } = portionsOf(rows, back);
  if (missing > 0n) {
    throw new ConflictFault("What this would give back was given back by a credit note already.", subscription.id);
  }
  const booked: Booked[] = [];
  const because = { kind: "SERVICE_SUBSCRIPTION" as const, id: subscription.id };
  const describe = (number: string): string => `Credit note ${number}: ${reason}`;
  const shared = { reason, because, describe, action: "serviceSubscription:manage" };
  for (const { row, amount, tax } of portions) {
    const { entryId } = await takeBack(tx, row, { amount, tax, ...shared }, at);
    booked.push({ net: tax - amount, tax: -tax, entryId, isForMonth: false });
  }
  return booked;
};

/**
 * Gives back what was paid for a period in advance and is not used, by credit notes for the invoices of the subscription, which
 * are locked.
 * @param back not below zero.
 * @throws ConflictFault where the invoices were taken back by hand already: nothing is given back twice.
 */
export const giveBack = async (
  tx: Tx,
  subscription: ServiceSubscriptionRow,
  back: GivenBack,
  at: Date,
): Promise<Booked[]> => {
  const rows = await lockInvoicesOf(tx, subscription.id, at);
  const own = rows.filter(({ serviceSubscriptionId }) => serviceSubscriptionId === subscription.id);
  return creditNotes(tx, subscription, own, back, at);
};

/** What was taken for the running period and stands on no document with a number yet. */
const notInvoiced = async (tx: Tx, { id, currentPeriodStart }: ServiceSubscriptionRow): Promise<Due> => {
  const rows = await tx.db
    .select({ net: serviceCharge.net, tax: serviceCharge.tax })
    .from(serviceCharge)
    .leftJoin(invoiceEntry, eq(invoiceEntry.entryId, serviceCharge.entryId))
    .leftJoin(invoice, eq(invoice.id, invoiceEntry.invoiceId))
    .where(and(monthlyDuring(id, currentPeriodStart), isNull(invoice.number)));
  const sum = (of: keyof Due): bigint => rows.reduce((total, row) => total + row[of], 0n);
  return { net: greater(sum("net"), 0n), tax: greater(sum("tax"), 0n) };
};

/**
 * Gives back what was paid for an hour and is not used: less is on the month's invoice, and what stands on an invoice already is
 * taken back by a credit note.
 * @param back not below zero.
 * @throws ConflictFault where that invoice was taken back by hand already.
 */
export const giveBackHours = async (
  tx: Tx,
  subscription: ServiceSubscriptionRow,
  { eventAt, ...back }: GivenBack & { eventAt: Date },
  at: Date,
): Promise<Booked[]> => {
  if (back.net + back.tax === 0n) return [];
  const rows = await lockInvoicesOf(tx, subscription.id, at);
  const open = await notInvoiced(tx, subscription);
  const less: Due = { net: lesser(back.net, open.net), tax: lesser(back.tax, open.tax) };
  const rest = { net: back.net - less.net, tax: back.tax - less.tax };
  const noted = await creditNotes(tx, subscription, rows, { ...rest, reason: back.reason }, at);
  if (less.net + less.tax === 0n) return noted;
  const { organisationId, walletId, id } = subscription;
  const booked = { net: -less.net, tax: -less.tax };
  const entryId = await postEntry(tx, {
    organisationId,
    kind: "SERVICE",
    description: back.reason,
    eventAt,
    reason: { kind: "SERVICE_SUBSCRIPTION", id },
    legs: saleLegs(walletId, booked),
  });
  return [...noted, { ...booked, entryId, isForMonth: true }];
};
