import { type Currency, readSetting, type Tx } from "@tollgate/kit";
import { billingModeAt } from "../modes/modes.js";
import { described } from "../prices/line-words.js";
import type { TaxRateRow } from "../tax/tax.schema.js";
import { draftInvoice, type NewLine, writeLines } from "./drafting.js";
import { issue } from "./issuing.js";
import { recordInvoice } from "./telling.js";

/** One charge that was taken from a wallet. */
export interface ChargedDocument {
  organisationId: string;
  walletId: string;
  currency: Currency;
  /** What it is for; both ends alike for something that is bought once. */
  period: { from: Date; to: Date };
  /** Without tax, in the order of the calculation; together not below zero. */
  lines: readonly NewLine[];
  /** What was taken beside them; null where there is no tax. */
  tax: { amount: bigint; rate: Pick<TaxRateRow, "country" | "name" | "basisPoints" | "effectiveFrom"> } | null;
  /** That took the money: its invoice is made once. */
  entryId: string;
  serviceSubscriptionId?: string | null;
  orderId?: string | null;
}

/** A tax as a line of its own. */
export const taxLine = ({ amount, rate }: NonNullable<ChargedDocument["tax"]>): NewLine => ({
  ...described("TAX", { name: rate.name, basisPoints: rate.basisPoints }),
  amount,
  taxCountry: rate.country,
  taxBasisPoints: rate.basisPoints,
  taxFrom: rate.effectiveFrom,
});

/** Who bills an organisation: the one above it. Null for the one at the top. */
export const issuerOf = async (tx: Tx, organisationId: string): Promise<string | null> => {
  const [row] = await tx.sql<{ parent_id: string | null }[]>`
    select parent_id from tenancy where organisation_id = ${organisationId}`;
  return row?.parent_id ?? null;
};

/**
 * The invoice of one charge, in the transaction that took the money: paid for whoever pays first, due for whoever pays
 * by invoice. Its number is taken here, so let this be the last thing that is locked.
 * @returns its id; null for the organisation at the top, which nobody bills.
 */
export const issueForCharge = async (tx: Tx, charged: ChargedDocument, at: Date): Promise<string | null> => {
  const { tax, lines, ...facts } = charged;
  const issuerId = await issuerOf(tx, charged.organisationId);
  if (issuerId === null) return null;
  const { organisationId } = charged;
  const mode = (await billingModeAt(tx, [organisationId], at)).get(organisationId)?.mode ?? "PREPAID";
  const timeZone = await readSetting(tx, "billing.timeZone", organisationId);
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const added = tax?.amount ?? 0n;
  const due = mode === "INVOICED" ? subtotal + added : 0n;
  const sums = { subtotal, tax: added, due };
  const draft = await draftInvoice(
    tx,
    { ...facts, ...sums, issuerId, kind: "CHARGE", mode, month: null, timeZone },
    at,
  );
  await writeLines(tx, draft, tax === null || added === 0n ? lines : [...lines, taxLine(tax)]);
  const row = await issue(tx, draft, at);
  await recordInvoice(tx, "invoice:issue", row, { number: row.number, total: row.total, state: row.state });
  return row.id;
};
