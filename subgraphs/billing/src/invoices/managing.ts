import {
  ConflictFault,
  ForbiddenFault,
  InvalidInputFault,
  type Money,
  reasonOf,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { availableOf } from "../ledger/balances.js";
import { postEntry } from "../ledger/ledger.js";
import { onceFor } from "../quotes/quotes.js";
import { recover } from "../usage/recover.js";
import { walletById } from "../wallet/wallets.js";
import { invoicedMonth, invoiceEntry } from "./billed.schema.js";
import { takeBack } from "./crediting.js";
import type { InvoiceRow } from "./invoice.schema.js";
import { issue, writeInvoice } from "./issuing.js";
import { lockInvoice } from "./paying.js";
import { recordInvoice, tellOfInvoice } from "./telling.js";

const MANAGES = "invoice:manage";
/** Nobody is reminded by hand more often. */
const HOURS_BETWEEN = 24;
const HOUR = 3_600_000;

/** Whoever sees an invoice from another organisation is above the one that pays it. @throws ForbiddenFault NOT_BELOW. */
const requireIssuer = (tx: Tx, row: InvoiceRow): void => {
  if (requireUser(tx.caller).organisationId !== row.organisationId) return;
  throw new ForbiddenFault("Invoices are managed by an organisation above.", "NOT_BELOW", MANAGES);
};

/** One change of an invoice by its issuer, once per key. @returns the invoice's id. */
const change = (
  tx: Tx,
  { operation, key, ...input }: { operation: string; key: string; invoiceId: string; [fact: string]: unknown },
  at: Date,
  work: (row: InvoiceRow) => Promise<void>,
): Promise<string> => {
  const { invoiceId } = input;
  return onceFor(tx, { organisationId: invoiceId, key, operation, input }, at, async () => {
    const row = await lockInvoice(tx, invoiceId);
    requireIssuer(tx, row);
    await work(row);
    return row.id;
  });
};

/** Gives a draft its number. @throws ConflictFault for what is no draft; NotFoundFault, ForbiddenFault. */
export const issueInvoice = (tx: Tx, invoiceId: string, key: string, at: Date): Promise<string> =>
  change(tx, { operation: "issueInvoice", key, invoiceId }, at, async (row) => {
    if (row.state !== "DRAFT") throw new ConflictFault("Only a draft can be issued.", row.id);
    const next = await issue(tx, row, at);
    const number = next.number ?? "";
    await recordInvoice(tx, MANAGES, next, { state: next.state, number, total: next.total }, { state: row.state });
    await tellOfInvoice(tx, next, "ISSUED", { number, amount: next.total }, at);
  });

/** What stands on the invoice is used on credit again. @throws ConflictFault where a debt has taken that credit. */
const takeFromReceivable = async (tx: Tx, row: InvoiceRow, at: Date): Promise<void> => {
  const { id, organisationId, walletId, due } = row;
  await tx.sql`select id from lock_wallet(${walletId})`;
  const books = await walletById(tx, walletId);
  if (availableOf({ ...books, posted: books.posted - due, receivable: books.receivable + due }) < 0n) {
    throw new ConflictFault("The organisation's credit no longer covers this: issue a credit note.", id);
  }
  await postEntry(tx, {
    organisationId,
    kind: "ADJUSTMENT",
    description: `Invoice ${row.number} is void`,
    eventAt: at,
    reason: { kind: "INVOICE", id },
    legs: [
      { walletId, account: "WALLET", amount: -due },
      { walletId, account: "RECEIVABLE", amount: due, onInvoice: true },
    ],
  });
};

/** Why an invoice cannot be made void; null where it can, as far as the invoice itself says. */
const notVoidable = ({ state, paid, credited, kind, mode }: InvoiceRow): string | null => {
  if (state === "VOID") return "This invoice is void already.";
  if (state === "PAID" || paid > 0n || credited > 0n) {
    return "A part of it is paid or taken back already: issue a credit note instead.";
  }
  if (kind === "CHARGE") return "It is of a single charge, which is never billed again: issue a credit note instead.";
  // What is due of it is a debt of its own, which stays one: only a credit note takes it off.
  if (state === "ISSUED" && mode === "PREPAID") {
    return "Whoever pays first owes what is due of it, invoice or not: issue a credit note instead.";
  }
  return null;
};

/** Whether it may still be made void; otherwise it is taken back by credit notes. */
export const isVoidable = (row: InvoiceRow): boolean => notVoidable(row) === null;

/**
 * As if it had not been issued, but its number: the month can be billed again. @throws ConflictFault for one that was
 * paid, in part too, that is of a single charge, or that asks who pays first for a debt: those are taken back by credit notes.
 */
export const voidInvoice = (tx: Tx, invoiceId: string, given: string, key: string, at: Date): Promise<string> =>
  change(tx, { operation: "voidInvoice", key, invoiceId, reason: given }, at, async (row) => {
    const reason = reasonOf(given);
    const refusal = notVoidable(row);
    if (refusal !== null) throw new ConflictFault(refusal, row.id);
    if (row.state === "ISSUED") await takeFromReceivable(tx, row, at);
    await tx.db.delete(invoiceEntry).where(eq(invoiceEntry.invoiceId, row.id));
    await tx.db.delete(invoicedMonth).where(eq(invoicedMonth.invoiceId, row.id));
    const next = await writeInvoice(tx, row.id, { state: "VOID", due: 0n, voidedAt: at, voidReason: reason });
    await recordInvoice(tx, MANAGES, next, { state: next.state, reason }, { state: row.state });
  });

/** The tax in what was taken back so far, so that all of an invoice takes back all of its tax. */
const taxWithin = ({ tax, total }: InvoiceRow, credited: bigint): bigint =>
  total === 0n ? 0n : (2n * tax * credited + total) / (2n * total);

/**
 * Takes an invoice back, wholly or in part: less is due, and what was paid already is in the wallet again.
 * @throws ConflictFault for what was not issued; InvalidInputFault beyond what is left of it.
 */
export const issueCreditNote = (
  tx: Tx,
  { invoiceId, amount, reason: given, key }: { invoiceId: string; amount: Money; reason: string; key: string },
  at: Date,
): Promise<string> =>
  change(tx, { operation: "issueCreditNote", key, invoiceId, amount, reason: given }, at, async (row) => {
    const reason = reasonOf(given);
    const wanted = creditable(row, amount);
    const { walletId, id } = row;
    const tax = taxWithin(row, row.credited + wanted) - taxWithin(row, row.credited);
    // Reserves before their wallet, as whoever settles a hold does.
    await tx.sql`select id from lock_reserves(${walletId})`;
    await tx.sql`select id from lock_wallet(${walletId})`;
    const describe = (number: string): string => `Credit note ${number} for invoice ${row.number}`;
    const because = { kind: "INVOICE" as const, id };
    const { toWallet } = await takeBack(
      tx,
      row,
      { amount: wanted, tax, reason, because, describe, action: MANAGES },
      at,
    );
    if (toWallet > 0n) await recover(tx, walletId, at);
  });

const creditable = (row: InvoiceRow, { minorUnits, currency }: Money): bigint => {
  if (row.state !== "ISSUED" && row.state !== "PAID") throw new ConflictFault("Only an issued invoice.", row.id);
  if (currency !== row.currency) {
    throw InvalidInputFault.of("amount.currency", "OTHER_CURRENCY", `This invoice is in ${row.currency}.`);
  }
  if (minorUnits < 1n || minorUnits > row.total - row.credited) {
    throw InvalidInputFault.of(
      "amount.minorUnits",
      "OUT_OF_RANGE",
      "An amount above zero, up to what is left of the invoice.",
    );
  }
  return minorUnits;
};

/** Reminds those who pay, by hand. @throws ConflictFault where nothing is due, or they were reminded within a day. */
export const remindInvoice = (tx: Tx, invoiceId: string, key: string, at: Date): Promise<string> =>
  change(tx, { operation: "remindInvoice", key, invoiceId }, at, async (row) => {
    if (row.state !== "ISSUED") throw new ConflictFault("Nothing is due of this invoice.", row.id);
    const { remindedAt } = row;
    if (remindedAt && at.getTime() - remindedAt.getTime() < HOURS_BETWEEN * HOUR) {
      throw new ConflictFault("They were reminded less than a day ago.", row.id);
    }
    await remind(tx, row, at);
  });

/** One reminder more. The invoice is locked. */
export const remind = async (tx: Tx, row: InvoiceRow, at: Date): Promise<void> => {
  const next = await writeInvoice(tx, row.id, { remindersSent: row.remindersSent + 1, remindedAt: at });
  await recordInvoice(tx, MANAGES, next, { remindersSent: next.remindersSent });
  await tellOfInvoice(tx, next, "REMINDER", { number: row.number ?? "", amount: row.due }, at);
};
