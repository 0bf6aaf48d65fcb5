import type { Currency, Tx } from "@tollgate/kit";
import type { BillingMode } from "../modes/mode.schema.js";
import type { PriceLineKind } from "../prices/breakdown.js";
import { type InvoiceKind, type InvoiceLineRow, type InvoiceRow, invoice, invoiceLine } from "./invoice.schema.js";

/** Rows of one INSERT: below the number of parameters that the protocol allows. */
const ROWS_AT_ONCE = 500;

/** A line before it has its place; what does not apply is left out. */
export type NewLine = { kind: PriceLineKind; description: string; amount: bigint } & Partial<
  Omit<InvoiceLineRow, "organisationId" | "invoiceId" | "position" | "kind" | "description" | "amount">
>;

export interface NewInvoice {
  organisationId: string;
  issuerId: string;
  walletId: string;
  currency: Currency;
  kind: InvoiceKind;
  mode: BillingMode;
  /** Such as `2026-10`; of USAGE alone. */
  month: string | null;
  period: { from: Date; to: Date };
  timeZone: string;
  /** Minor units, without tax. */
  subtotal: bigint;
  tax: bigint;
  /** Minor units that were not paid yet when it is issued. */
  due: bigint;
  serviceSubscriptionId?: string | null;
  orderId?: string | null;
  entryId?: string | null;
}

/** Lines of an invoice that was just drafted; they must add up before it is issued. */
export const writeLines = async (
  tx: Tx,
  { id: invoiceId, organisationId }: InvoiceRow,
  lines: readonly NewLine[],
): Promise<void> => {
  const rows = lines.map((line, place) => ({ ...line, organisationId, invoiceId, position: place + 1 }));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await tx.db.insert(invoiceLine).values(rows.slice(from, from + ROWS_AT_ONCE));
  }
};

/** An invoice without a number, and without lines yet. */
export const draftInvoice = async (tx: Tx, wanted: NewInvoice, at: Date): Promise<InvoiceRow> => {
  const { period, ...facts } = wanted;
  const values = { periodFrom: period.from, periodTo: period.to, total: facts.subtotal + facts.tax };
  const [row] = await tx.db
    .insert(invoice)
    .values({ ...facts, ...values, state: "DRAFT", createdAt: at })
    .returning();
  if (!row) throw new Error("insert gave no row");
  return row;
};
