import {
  audit,
  ConflictFault,
  ForbiddenFault,
  homeOrganisation,
  InvalidInputFault,
  type Money,
  NotFoundFault,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, asc, eq } from "drizzle-orm";
import { ownMoneyOf } from "../ledger/balances.js";
import { postEntry } from "../ledger/ledger.js";
import { InsufficientFundsFault } from "../orders/order.problems.js";
import { lesser } from "../prices/fraction.js";
import { onceFor } from "../quotes/quotes.js";
import { walletById } from "../wallet/wallets.js";
import { type InvoiceRow, invoice } from "./invoice.schema.js";
import { writeInvoice } from "./issuing.js";
import { recordInvoice } from "./telling.js";

/**
 * The invoice, locked until the transaction ends: before its wallet, always. @throws NotFoundFault outside of the estate,
 * and of drafts for whoever would pay them.
 */
export const lockInvoice = async (tx: Tx, id: string): Promise<InvoiceRow> => {
  requireId("invoice", id);
  const [row] = await tx.db.select().from(invoice).where(eq(invoice.id, id)).for("update");
  if (!row || isHidden(tx, row)) throw new NotFoundFault("invoice", id);
  return row;
};

/** A draft is the issuer's alone. */
export const isHidden = ({ caller }: Tx, { state, number, organisationId }: InvoiceRow): boolean =>
  caller.kind === "USER" && number === null && state !== "PAID" && caller.organisationId === organisationId;

export interface Payment {
  invoiceId: string;
  /** All that is due when null. */
  amount: Money | null;
  idempotencyKey: string;
}

/** @returns what is to be paid, in minor units. @throws ConflictFault where nothing is due; InvalidInputFault. */
export const payableOf = (row: InvoiceRow, amount: Money | null): bigint => {
  if (row.state !== "ISSUED") throw new ConflictFault("Nothing is due of this invoice.", row.id);
  if (amount === null) return row.due;
  if (amount.currency !== row.currency) {
    throw InvalidInputFault.of("amount.currency", "OTHER_CURRENCY", `This invoice is in ${row.currency}.`);
  }
  if (amount.minorUnits < 1n || amount.minorUnits > row.due) {
    throw InvalidInputFault.of("amount.minorUnits", "OUT_OF_RANGE", "An amount above zero, up to what is due.");
  }
  return amount.minorUnits;
};

/** Only whoever is asked for the money, or acts for them, pays it. @throws ForbiddenFault. */
export const requirePayer = (tx: Tx, { organisationId }: InvoiceRow): void => {
  if (homeOrganisation(tx.caller) === organisationId) return;
  throw new ForbiddenFault("An invoice is paid by the organisation that it is for.", "POLICY", "invoice:pay");
};

/** Takes from the wallet, which is locked, what an invoice asks for. @returns the invoice as it is then. */
const settle = async (tx: Tx, row: InvoiceRow, amount: bigint, description: string, at: Date): Promise<InvoiceRow> => {
  const { id, organisationId, walletId } = row;
  await postEntry(tx, {
    organisationId,
    kind: "INVOICE_PAYMENT",
    description,
    eventAt: at,
    reason: { kind: "INVOICE", id },
    legs: [
      { walletId, account: "WALLET", amount: -amount },
      { walletId, account: "RECEIVABLE", amount, onInvoice: true },
    ],
  });
  const due = row.due - amount;
  const end = due === 0n ? { state: "PAID" as const, paidAt: at } : {};
  return writeInvoice(tx, id, { due, paid: row.paid + amount, ...end });
};

/**
 * Pays from the wallet, all that is due or a part: from money that was paid in, never from credit.
 * @returns the invoice's id; the same again for the same key and input.
 * @throws NotFoundFault, ForbiddenFault, ConflictFault, InvalidInputFault, InsufficientFundsFault.
 */
export const payFromWallet = (tx: Tx, { invoiceId, amount, idempotencyKey: key }: Payment, at: Date): Promise<string> =>
  onceFor(
    tx,
    { organisationId: invoiceId, key, operation: "payInvoice", input: { invoiceId, amount } },
    at,
    async () => {
      const row = await lockInvoice(tx, invoiceId);
      requirePayer(tx, row);
      const wanted = payableOf(row, amount);
      await tx.sql`select id from lock_wallet(${row.walletId})`;
      const free = ownMoneyOf(await walletById(tx, row.walletId));
      if (free < wanted) {
        const money = (minorUnits: bigint): Money => ({ minorUnits, currency: row.currency });
        const funds = { available: money(free), needed: money(wanted), shortfall: money(wanted - free) };
        throw new InsufficientFundsFault(funds, row.walletId);
      }
      const next = await settle(tx, row, wanted, `Paid invoice ${row.number}`, at);
      await recordInvoice(tx, "invoice:pay", next, standing(next), standing(row));
      return row.id;
    },
  );

const standing = ({ state, due, paid }: InvoiceRow) => ({ state, due, paid });

/** Told where nobody asked for it: it was paid with money that came in. */
const recordCollected = (tx: Tx, before: InvoiceRow, next: InvoiceRow, after: object): Promise<void> =>
  audit(tx, "billing", {
    action: "invoice:pay",
    resource: "invoice",
    resourceId: before.id,
    organisationId: before.organisationId,
    before: standing(before),
    after: { ...standing(next), ...after },
  });

const owedFirst = (walletId: string) =>
  and(eq(invoice.walletId, walletId), eq(invoice.state, "ISSUED"), eq(invoice.mode, "PREPAID"));

/**
 * Who pays first owes what is due of his invoices like any other debt: money that is there pays them, the oldest first.
 * The wallet is locked by now, before them, so one that somebody else pays at this moment is left for the next time.
 * @param most minor units of the wallet's own money.
 * @returns how much was paid, and whether anything is still due.
 */
export const collectInvoices = async (
  tx: Tx,
  walletId: string,
  most: bigint,
  at: Date,
): Promise<{ paid: bigint; isAnyDue: boolean }> => {
  const rows = await tx.db
    .select()
    .from(invoice)
    .where(owedFirst(walletId))
    .orderBy(asc(invoice.dueAt), asc(invoice.id))
    .for("update", { skipLocked: true });
  let left = most;
  for (const row of rows) {
    const amount = lesser(left, row.due);
    if (amount <= 0n) break;
    left -= amount;
    const next = await settle(tx, row, amount, `Paid invoice ${row.number}`, at);
    await recordCollected(tx, row, next, {});
  }
  const due = await tx.db.select({ id: invoice.id }).from(invoice).where(owedFirst(walletId)).limit(1);
  return { paid: most - left, isAnyDue: due.length > 0 };
};

/**
 * Pays with money that just came in for it, as far as it is still due: the rest stays in the wallet. The money is in the
 * wallet by now, in the same transaction.
 */
export const payWithTopUp = async (
  tx: Tx,
  topUp: { reference: string; amount: bigint },
  row: InvoiceRow,
  at: Date,
): Promise<void> => {
  const amount = row.state === "ISSUED" ? lesser(topUp.amount, row.due) : 0n;
  if (amount <= 0n) return;
  const next = await settle(tx, row, amount, `Paid invoice ${row.number} by top-up ${topUp.reference}`, at);
  await recordCollected(tx, row, next, { reference: topUp.reference });
};
