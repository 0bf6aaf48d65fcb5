import { announce, announceAll, audit, auditAll, formatMoney, type Tx } from "@tollgate/kit";
import type { InvoiceChange } from "@tollgate/kit/protocol";
import type { InvoiceRow } from "./invoice.schema.js";

const recordOf = (action: string, row: InvoiceRow, after: unknown, before?: unknown) => ({
  action,
  resource: "invoice",
  resourceId: row.id,
  organisationId: row.organisationId,
  before,
  after,
});

/** Records what became of an invoice. */
export const recordInvoice = (tx: Tx, action: string, row: InvoiceRow, after: unknown, before?: unknown) =>
  audit(tx, "billing", recordOf(action, row, after, before));

interface Told {
  number: string;
  /** Minor units of what it is about. */
  amount: bigint;
  /** Of a credit note. */
  reason?: string | null;
}

const eventOf = (
  row: InvoiceRow,
  what: InvoiceChange["what"],
  { number, amount, reason = null }: Told,
  at: Date,
): { aggregateId: string; organisationId: string; payload: InvoiceChange } => {
  const { id: invoiceId, organisationId, issuerId, currency, due, dueAt } = row;
  const inWords = (minorUnits: bigint) => formatMoney({ minorUnits, currency });
  const about = { invoiceId, organisationId, issuerId, issuerName: row.issuer?.name ?? "", number, what, reason, at };
  const payload: InvoiceChange = { ...about, amount: inWords(amount), due: inWords(due), isDue: due > 0n, dueAt };
  return { aggregateId: invoiceId, organisationId, payload };
};

/** Tells those who pay. */
export const tellOfInvoice = (tx: Tx, row: InvoiceRow, what: InvoiceChange["what"], told: Told, at: Date) =>
  announce(tx, "invoice.changed", eventOf(row, what, told, at));

/** Records invoices of a month, and tells of those that have a number by now; two statements, however many they are. */
export const recordMonth = async (tx: Tx, rows: readonly InvoiceRow[], at: Date): Promise<void> => {
  const factsOf = ({ number, month, total, state }: InvoiceRow) => ({ number, month, total, state });
  const records = rows.map((row) => recordOf("invoice:issue", row, factsOf(row)));
  await auditAll(tx, "billing", records);
  const events = rows.flatMap((row) =>
    row.number === null ? [] : [eventOf(row, "ISSUED", { number: row.number, amount: row.total }, at)],
  );
  await announceAll(tx, "invoice.changed", events);
};
