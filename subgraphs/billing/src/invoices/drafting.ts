import type { Currency, Tx } from "@tollgate/kit";
import type { BillingMode } from "../modes/mode.schema.js";
import type { PriceLineKind } from "../prices/breakdown.js";
import { type InvoiceKind, type InvoiceLineRow, type InvoiceRow, invoice } from "./invoice.schema.js";

/** Rows of one INSERT: each is a text in memory here and there. */
const ROWS_AT_ONCE = 2_000;

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

type Owner = Pick<InvoiceRow, "id" | "organisationId">;

/** A line as the table has it; what JSON has no number for is a text. */
const storedLine = (line: NewLine, { id, organisationId }: Owner, position: number) => ({
  organisation_id: organisationId,
  invoice_id: id,
  position,
  kind: line.kind,
  description: line.description,
  name: line.name,
  basis_points: line.basisPoints,
  uncut_basis_points: line.uncutBasisPoints,
  quantity: line.quantity,
  unit: line.unit,
  unit_price: line.unitPrice?.toString(),
  amount: line.amount.toString(),
  vm_id: line.vmId,
  machine: line.machine,
  resource: line.resource,
  code: line.code,
  hours: line.hours,
  price_list_id: line.priceListId,
  service_subscription_id: line.serviceSubscriptionId,
  volume_basis_points: line.volumeBasisPoints ?? 0,
  promotion_basis_points: line.promotionBasisPoints ?? 0,
  tax_country: line.taxCountry,
  tax_basis_points: line.taxBasisPoints,
  tax_from: line.taxFrom?.toISOString(),
});

/** Lines of invoices that were just drafted; they must add up before those are issued. One statement for many of them. */
export const writeLinesOf = async (
  tx: Tx,
  drafts: readonly { draft: Owner; lines: readonly NewLine[] }[],
): Promise<void> => {
  const rows = drafts.flatMap(({ draft, lines }) => lines.map((line, place) => storedLine(line, draft, place + 1)));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const piece = JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE));
    await tx.sql`insert into invoice_line select * from jsonb_populate_recordset(null::invoice_line, ${piece}::jsonb)`;
  }
};

/** Lines of one invoice that was just drafted. */
export const writeLines = (tx: Tx, draft: InvoiceRow, lines: readonly NewLine[]): Promise<void> =>
  writeLinesOf(tx, [{ draft, lines }]);

const valuesOf = ({ period, ...facts }: NewInvoice, at: Date) => {
  const total = facts.subtotal + facts.tax;
  return { ...facts, periodFrom: period.from, periodTo: period.to, total, state: "DRAFT" as const, createdAt: at };
};

/** Invoices without numbers, and without lines yet: as many as one statement has parameters for, in no certain order. */
export const draftInvoices = async (tx: Tx, wanted: readonly NewInvoice[], at: Date): Promise<InvoiceRow[]> => {
  if (wanted.length === 0) return [];
  return tx.db
    .insert(invoice)
    .values(wanted.map((one) => valuesOf(one, at)))
    .returning();
};

/** An invoice without a number, and without lines yet. */
export const draftInvoice = async (tx: Tx, wanted: NewInvoice, at: Date): Promise<InvoiceRow> => {
  const [row] = await draftInvoices(tx, [wanted], at);
  if (!row) throw new Error("insert gave no row");
  return row;
};
