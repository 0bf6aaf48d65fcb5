import { newEventId, readSettingOfEach, type Tx } from "@tollgate/kit";
import { eq, inArray } from "drizzle-orm";
import { owedOf, ownMoneyOf } from "../ledger/balances.js";
import { type Debt, openDebts, payDebts } from "../ledger/debts.js";
import { lesser } from "../prices/fraction.js";
import { walletsById } from "../wallet/wallets.js";
import { invoiceEntry } from "./billed.schema.js";
import { type InvoiceRow, invoice, type Party } from "./invoice.schema.js";
import { nextNumbers } from "./numbering.js";
import { partiesOfEach } from "./parties.js";

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
const moveToReceivable = async (tx: Tx, rows: readonly InvoiceRow[], at: Date): Promise<void> => {
  await tx.sql`
    select post_entry(e.id, e.organisation_id, 'ADJUSTMENT', 'Invoice ' || e.number, ${at.toISOString()}, null,
        array[e.wallet_id, e.wallet_id], array['WALLET', 'RECEIVABLE'], array[e.due, -e.due], 'INVOICE', e.invoice_id,
        array[false, true])
      from unnest(${rows.map(() => newEventId())}::uuid[], ${rows.map((row) => row.organisationId)}::uuid[],
        ${rows.map((row) => row.number)}::text[], ${rows.map((row) => row.walletId)}::uuid[],
        ${rows.map((row) => row.due.toString())}::bigint[], ${rows.map((row) => row.id)}::uuid[])
        e(id, organisation_id, number, wallet_id, due, invoice_id)`;
  const wallets = await walletsById(
    tx,
    rows.map((row) => row.walletId),
  );
  for (const { walletId, due } of rows) {
    const books = wallets.get(walletId);
    if (!books) throw new Error("a wallet that was posted to is gone");
    const paid = lesser(due, lesser(owedOf(books), ownMoneyOf(books)));
    if (paid > 0n) await payDebts(tx, books, paid, at);
  }
};

/**
 * Drafts with what is due of them by now: who pays first may have paid since what was owed when they were drafted. Their
 * wallets are locked.
 */
const withDue = async (tx: Tx, drafts: readonly InvoiceRow[]): Promise<InvoiceRow[]> => {
  const owing = drafts.filter(({ mode, due }) => mode === "PREPAID" && due > 0n);
  if (owing.length === 0) return [...drafts];
  const wallets = await walletsById(
    tx,
    owing.map(({ walletId }) => walletId),
  );
  const debts = await openDebts(tx, [...wallets.values()]);
  const ofUse = debts.map((debt) => debt.entry_id);
  const covered = await tx.db.select().from(invoiceEntry).where(inArray(invoiceEntry.entryId, ofUse));
  const invoiceOf = new Map(covered.map(({ entryId, invoiceId }) => [entryId, invoiceId]));
  // Credit that ended left a debt of its own, for use of whichever draft.
  const isOf = (draft: InvoiceRow, { wallet_id: walletId, entry_id: entryId, kind }: Debt): boolean =>
    invoiceOf.get(entryId) === draft.id || (kind === "ADJUSTMENT" && walletId === draft.walletId);
  const openOf = (draft: InvoiceRow): bigint =>
    debts.filter((debt) => isOf(draft, debt)).reduce((sum, { open }) => sum + open, 0n);
  return drafts.map((draft) => (owing.includes(draft) ? { ...draft, due: lesser(draft.due, openOf(draft)) } : draft));
};

type Issued = Pick<InvoiceRow, "number" | "state" | "issuedAt" | "dueAt" | "paidAt"> & {
  issuer: Party;
  customer: Party;
};

/** Writes what makes drafts invoices, in one statement. */
const writeIssued = async (tx: Tx, rows: readonly (InvoiceRow & Issued)[]): Promise<void> => {
  const values = rows.map(({ id, number, state, due, issuer, customer, issuedAt, dueAt, paidAt }) => ({
    ...{
      id,
      number,
      state,
      due: due.toString(),
      issuer,
      customer,
      issued_at: issuedAt,
      due_at: dueAt,
      paid_at: paidAt,
    },
  }));
  const written = await tx.sql`
    update invoice i set number = u.number, state = u.state, due = u.due, issuer = u.issuer, customer = u.customer,
        issued_at = u.issued_at, due_at = u.due_at, paid_at = u.paid_at
      from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) u(id uuid, number text, state text, due bigint, issuer jsonb,
        customer jsonb, issued_at timestamptz, due_at timestamptz, paid_at timestamptz)
     where i.id = u.id returning i.id`;
  if (written.length !== rows.length) throw new Error("a locked invoice is gone");
};

/**
 * Gives drafts of one issuer their numbers, in their order, both sides as they are now, and a date to be paid by. What
 * was paid before is PAID at once. The drafts are new or locked, at most one of a wallet; their wallets are locked where
 * something is due.
 */
export const issueAll = async (tx: Tx, drawn: readonly InvoiceRow[], at: Date): Promise<InvoiceRow[]> => {
  const [first] = drawn;
  if (!first) return [];
  const drafts = await withDue(tx, drawn);
  const ids = drafts.map((draft) => draft.organisationId);
  const parties = await partiesOfEach(tx, first.issuerId, ids);
  const due = drafts.filter((draft) => draft.due > 0n);
  const days = await readSettingOfEach(
    tx,
    "billing.paymentDays",
    due.map((draft) => draft.organisationId),
  );
  const numbers = await nextNumbers(tx, first.issuerId, "INVOICE", at, drafts.length);
  const rows = drafts.map((draft, nth) => {
    const sides = parties.get(draft.organisationId);
    const number = numbers[nth];
    if (!sides || number === undefined) throw new Error("an invoice has no sides or number");
    const isPaid = draft.due === 0n;
    const toPay = isPaid ? 0 : (days.get(draft.organisationId) ?? 0);
    const dueAt = new Date(at.getTime() + toPay * DAY);
    const state = isPaid ? ("PAID" as const) : ("ISSUED" as const);
    return { ...draft, ...sides, number, state, issuedAt: at, dueAt, paidAt: isPaid ? at : null };
  });
  const owing = rows.filter((row) => row.due > 0n);
  if (owing.length > 0) await moveToReceivable(tx, owing, at);
  await writeIssued(tx, rows);
  return rows;
};

/** Gives one draft its number; see `issueAll`. */
export const issue = async (tx: Tx, draft: InvoiceRow, at: Date): Promise<InvoiceRow> => {
  // The wallet before the counter, like everybody who charges and then issues.
  if (draft.due > 0n) await tx.sql`select id from lock_wallet(${draft.walletId})`;
  const [row] = await issueAll(tx, [draft], at);
  if (!row) throw new Error("a draft was not issued");
  return row;
};
