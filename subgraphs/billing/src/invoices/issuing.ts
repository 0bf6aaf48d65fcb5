import { readSetting, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { owedOf, ownMoneyOf } from "../ledger/balances.js";
import { payDebts } from "../ledger/debts.js";
import { postEntry } from "../ledger/ledger.js";
import { lesser } from "../prices/fraction.js";
import { walletById } from "../wallet/wallets.js";
import { type InvoiceRow, invoice } from "./invoice.schema.js";
import { nextNumber } from "./numbering.js";
import { partiesOf } from "./parties.js";

const DAY = 86_400_000;

/** Writes into an invoice that is locked. @returns it as it is then. */
export const writeInvoice = async (tx: Tx, id: string, values: Partial<InvoiceRow>): Promise<InvoiceRow> => {
  const [row] = await tx.db.update(invoice).set(values).where(eq(invoice.id, id)).returning();
  if (!row) throw new Error("a locked invoice is gone");
  return row;
};

/**
 * What was used on credit becomes a debt that stands on the invoice; what is available stays as it is. Where older debts
 * have used up that credit, what it leaves in the wallet pays them at once: nobody is to spend it.
 */
const moveToReceivable = async (tx: Tx, row: InvoiceRow, number: string, at: Date): Promise<void> => {
  const { id, organisationId, walletId, due } = row;
  await postEntry(tx, {
    organisationId,
    kind: "ADJUSTMENT",
    description: `Invoice ${number}`,
    eventAt: at,
    reason: { kind: "INVOICE", id },
    legs: [
      { walletId, account: "WALLET", amount: due },
      { walletId, account: "RECEIVABLE", amount: -due, onInvoice: true },
    ],
  });
  const books = await walletById(tx, walletId);
  const paid = lesser(due, lesser(owedOf(books), ownMoneyOf(books)));
  if (paid > 0n) await payDebts(tx, books, paid, at);
};

/**
 * Gives a draft its number, both sides as they are now, and a date to be paid by. What was paid before is PAID at once.
 * The draft is new or locked.
 */
export const issue = async (tx: Tx, draft: InvoiceRow, at: Date): Promise<InvoiceRow> => {
  const { issuerId, organisationId, walletId, due } = draft;
  const parties = await partiesOf(tx, issuerId, organisationId);
  const days = due > 0n ? await readSetting(tx, "billing.paymentDays", organisationId) : 0;
  const isPaid = due === 0n;
  // The wallet before the counter, like everybody who charges and then issues.
  if (!isPaid) await tx.sql`select id from lock_wallet(${walletId})`;
  const number = await nextNumber(tx, issuerId, "INVOICE", at);
  if (!isPaid) await moveToReceivable(tx, draft, number, at);
  return writeInvoice(tx, draft.id, {
    ...parties,
    number,
    state: isPaid ? "PAID" : "ISSUED",
    issuedAt: at,
    dueAt: new Date(at.getTime() + days * DAY),
    paidAt: isPaid ? at : null,
  });
};
