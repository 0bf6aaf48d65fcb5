import { announce, audit, formatMoney, type Tx } from "@tollgate/kit";
import type { InvoiceChange } from "@tollgate/kit/protocol";
import type { InvoiceRow } from "./invoice.schema.js";

/** Records what became of an invoice. */
export const recordInvoice = (tx: Tx, action: string, row: InvoiceRow, after: unknown, before?: unknown) =>
  audit(tx, "billing", {
    action,
    resource: "invoice",
    resourceId: row.id,
    organisationId: row.organisationId,
    before,
    after,
  });

/** Tells those who pay. @param amount of what it is about, in minor units. @param reason of a credit note. */
export const tellOfInvoice = (
  tx: Tx,
  row: InvoiceRow,
  what: InvoiceChange["what"],
  { number, amount, reason = null }: { number: string; amount: bigint; reason?: string | null },
  at: Date,
) => {
  const { id: invoiceId, organisationId, issuerId, currency, due, dueAt } = row;
  const inWords = (minorUnits: bigint) => formatMoney({ minorUnits, currency });
  const about = { invoiceId, organisationId, issuerId, issuerName: row.issuer?.name ?? "", number, what, reason, at };
  const payload: InvoiceChange = { ...about, amount: inWords(amount), due: inWords(due), isDue: due > 0n, dueAt };
  return announce(tx, "invoice.changed", { aggregateId: invoiceId, organisationId, payload });
};
