import type { Tx } from "@tollgate/kit";
import { postEntry } from "../ledger/ledger.js";
import { lesser } from "../prices/fraction.js";
import { personOf } from "../quotes/quotes.js";
import { creditNote, type InvoiceRow } from "./invoice.schema.js";
import { writeInvoice } from "./issuing.js";
import { nextNumber } from "./numbering.js";
import { recordInvoice, tellOfInvoice } from "./telling.js";

/** What of an invoice is taken back, and why. */
export interface TakenBack {
  /** Minor units with tax, above zero and at most what is left of the invoice. */
  amount: bigint;
  /** Of which tax. */
  tax: bigint;
  reason: string;
  /** What the entry follows from. */
  because: { kind: "INVOICE" | "SERVICE_SUBSCRIPTION"; id: string };
  /** Words of the entry. */
  describe(number: string): string;
  /** Under which permission the trail has it. */
  action: string;
}

/**
 * One credit note with its entry: less is due of the invoice, and what was paid already is in the wallet again. The
 * invoice, and the wallet with its reserves, are locked.
 * @returns the entry's id, and how much of it went to the wallet.
 */
export const takeBack = async (
  tx: Tx,
  row: InvoiceRow,
  { amount, tax, reason, because, describe, action }: TakenBack,
  at: Date,
): Promise<{ entryId: string; toWallet: bigint }> => {
  const { id: invoiceId, organisationId, issuerId, walletId } = row;
  const fromDue = lesser(amount, row.due);
  const toWallet = amount - fromDue;
  const number = await nextNumber(tx, issuerId, "CREDIT_NOTE", at);
  const entryId = await postEntry(tx, {
    organisationId,
    kind: "CREDIT_NOTE",
    description: describe(number),
    eventAt: at,
    reason: because,
    legs: [
      { walletId, account: "REVENUE" as const, amount: tax - amount },
      { walletId, account: "TAX" as const, amount: -tax },
      { walletId, account: "RECEIVABLE" as const, amount: fromDue, onInvoice: true },
      { walletId, account: "WALLET" as const, amount: toWallet },
    ].filter((leg) => leg.amount !== 0n),
  });
  const note = { organisationId, issuerId, invoiceId, number, amount, tax, reason, issuedAt: at, entryId };
  await tx.db.insert(creditNote).values({ ...note, issuedBy: personOf(tx) });
  const due = row.due - fromDue;
  const end = row.state === "ISSUED" && due === 0n ? { state: "PAID" as const, paidAt: at } : {};
  const next = await writeInvoice(tx, invoiceId, { due, credited: row.credited + amount, ...end });
  await recordInvoice(tx, action, next, { creditNote: number, amount, reason, due }, { due: row.due });
  await tellOfInvoice(tx, next, "CREDIT_NOTE", { number, amount, reason }, at);
  return { entryId, toWallet };
};
