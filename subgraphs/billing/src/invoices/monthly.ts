import { ConflictFault, readSettings, type Tx } from "@tollgate/kit";
import { and, asc, eq } from "drizzle-orm";
import { monthOf } from "../figures/calendar.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { billingModeAt } from "../modes/modes.js";
import { greater } from "../prices/fraction.js";
import { issuerOf } from "./charges.js";
import { draftInvoice, writeLines } from "./drafting.js";
import { type InvoiceRow, invoicedMonth } from "./invoice.schema.js";
import { issue } from "./issuing.js";
import { recordInvoice, tellOfInvoice } from "./telling.js";
import { linesOfUse, taxesOfUse } from "./usage-lines.js";

/** Entries older than this are not looked for any more: more than a year of downtime is no downtime. */
const LOOK_BACK = "400 days";

/** Such as `2026-10`, on whichever calendar. */
export type Month = string;

/** The month on an organisation's calendar. */
export const periodOf = (month: Month, timeZone: string): { from: Date; to: Date } =>
  monthOf(timeZone, new Date(`${month}-15T12:00:00Z`));

interface Found {
  count: bigint;
  net: bigint;
  tax: bigint;
  on_credit: bigint;
  first_at: string | null;
  last_at: string | null;
}

interface Wanted {
  organisationId: string;
  walletId: string;
  to: Date;
}

/** Entries of use that no invoice covers yet, up to the end of the month: late ones of former months as well. */
const uncovered = (tx: Tx, { organisationId, walletId, to }: Wanted) => tx.sql`
  from entry e
 where e.organisation_id = ${organisationId} and e.kind in ('USAGE', 'CAPTURE')
   and e.event_at <= ${to.toISOString()} and e.event_at > ${to.toISOString()}::timestamptz - ${LOOK_BACK}::interval
   and exists (select 1 from posting p where p.entry_id = e.id and p.wallet_id = ${walletId} and p.account = 'REVENUE')
   and not exists (select 1 from invoice_entry i where i.entry_id = e.id)
   and not exists (select 1 from invoice b where b.entry_id = e.id)`;

/** @param creditSince from when on what the wallet paid was on credit; null: it was not. */
const sumUp = async (tx: Tx, wanted: Wanted, creditSince: Date | null): Promise<Found> => {
  const [row] = await tx.sql<Found[]>`
    select count(distinct e.id) as count, coalesce(sum(p.amount) filter (where p.account = 'REVENUE'), 0)::bigint as net,
        coalesce(sum(p.amount) filter (where p.account = 'TAX'), 0)::bigint as tax,
        coalesce(-sum(p.amount) filter (where p.account in ('WALLET', 'HOLDS')
          and e.event_at > ${creditSince?.toISOString() ?? "infinity"}::timestamptz), 0)::bigint as on_credit,
        min(e.event_at) as first_at, max(e.event_at) as last_at
      from (select e.id, e.event_at ${uncovered(tx, wanted)}) e
      join posting p on p.entry_id = e.id and p.wallet_id = ${wanted.walletId}`;
  if (!row) throw new Error("sums gave no row");
  return row;
};

const ofMonth = (walletId: string, month: Month) =>
  and(eq(invoicedMonth.walletId, walletId), eq(invoicedMonth.month, month));

/** Whoever does the same month at this moment is waited for. @returns false where it is done. */
const claim = async (
  tx: Tx,
  { organisationId, walletId }: Omit<Wanted, "to">,
  month: Month,
  at: Date,
): Promise<boolean> => {
  const rows = await tx.db
    .insert(invoicedMonth)
    .values({ organisationId, walletId, month, doneAt: at })
    .onConflictDoNothing()
    .returning({ month: invoicedMonth.month });
  return rows.length > 0;
};

/** Since when what it used was on credit; null where money comes first. */
const creditSinceOf = async (tx: Tx, organisationId: string, to: Date): Promise<Date | null> => {
  const mode = (await billingModeAt(tx, [organisationId], new Date(to.getTime() - 1))).get(organisationId);
  return mode?.mode === "INVOICED" ? (mode.since ?? new Date(0)) : null;
};

/**
 * All use must be charged first, or it would be on no invoice before the next month's.
 * @throws ConflictFault until it is.
 */
const requireCharged = async (tx: Tx, organisationId: string, to: Date): Promise<void> => {
  const [behind] = await tx.sql`
    select 1 from metering where organisation_id = ${organisationId} and until_at < ${to.toISOString()}`;
  if (behind) throw new ConflictFault("Use of this month is not charged to its end yet.", organisationId);
};

/** What a month is billed with. */
interface Billing {
  period: { from: Date; to: Date };
  timeZone: string;
  country: string;
  isIssued: boolean;
}

const billingOf = async (tx: Tx, organisationId: string, month: Month): Promise<Billing> => {
  const keys = ["billing.timeZone", "billing.country", "billing.issueInvoices"] as const;
  const settings = await readSettings(tx, keys, organisationId);
  const timeZone = settings["billing.timeZone"];
  const isIssued = settings["billing.issueInvoices"];
  return { timeZone, country: settings["billing.country"], isIssued, period: periodOf(month, timeZone) };
};

type BilledWallet = Pick<WalletRow, "id" | "organisationId" | "currency" | "state">;

/** The draft with the entries that it covers from now on, and its lines. */
const cover = async (
  tx: Tx,
  { id: walletId, organisationId, currency, state }: BilledWallet,
  { issuerId, month, billing }: { issuerId: string; month: Month; billing: Billing },
  at: Date,
): Promise<InvoiceRow | null> => {
  const { period, timeZone, country } = billing;
  const wanted = { organisationId, walletId, to: period.to };
  // Who has closed left with nothing to pay.
  const creditSince = state === "CLOSED" ? null : await creditSinceOf(tx, organisationId, period.to);
  const found = await sumUp(tx, wanted, creditSince);
  if (found.first_at === null || found.last_at === null) return null;
  // Below zero where credit for something else, such as what is held, became a debt together with use: that is owed already.
  const mode = creditSince === null ? "PREPAID" : "INVOICED";
  const sums = { subtotal: found.net, tax: found.tax, due: greater(found.on_credit, 0n) };
  const owners = { organisationId, issuerId, walletId, currency };
  const draft = await draftInvoice(tx, { ...owners, ...sums, kind: "USAGE", mode, month, period, timeZone }, at);
  await tx.sql`
    insert into invoice_entry (organisation_id, entry_id, invoice_id)
      select e.organisation_id, e.id, ${draft.id} ${uncovered(tx, wanted)}`;
  const [firstAt, lastAt] = [new Date(found.first_at), new Date(found.last_at)];
  const covered = { organisationId, walletId, currency, invoiceId: draft.id, firstAt, lastAt, net: found.net };
  await writeLines(tx, draft, [...(await linesOfUse(tx, covered)), ...(await taxesOfUse(tx, covered, country))]);
  await tx.db.update(invoicedMonth).set({ invoiceId: draft.id }).where(ofMonth(walletId, month));
  return draft;
};

const invoiceWallet = async (
  tx: Tx,
  row: BilledWallet,
  issuerId: string,
  month: Month,
  billing: Billing,
  at: Date,
): Promise<InvoiceRow | null> => {
  const { id: walletId, organisationId } = row;
  if (!(await claim(tx, { organisationId, walletId }, month, at))) return null;
  const draft = await cover(tx, row, { issuerId, month, billing }, at);
  if (!draft) return null;
  const done = billing.isIssued ? await issue(tx, draft, at) : draft;
  const { number, total, state } = done;
  await recordInvoice(tx, "invoice:issue", done, { number, month, total, state });
  if (number !== null) await tellOfInvoice(tx, done, "ISSUED", { number, amount: total }, at);
  return done;
};

/**
 * Bills the use of one organisation in a month that is over on its calendar, with what came late of former months. Doing
 * it again changes nothing.
 * @returns the new invoices: one for each currency that it paid in.
 * @throws ConflictFault while use of the month is not charged to its end.
 */
export const invoiceMonth = async (tx: Tx, organisationId: string, month: Month, at: Date): Promise<InvoiceRow[]> => {
  const issuerId = await issuerOf(tx, organisationId);
  if (issuerId === null) return [];
  const billing = await billingOf(tx, organisationId, month);
  if (billing.period.to > at) return [];
  await requireCharged(tx, organisationId, billing.period.to);
  // From here on nothing is charged to them; what was is committed and seen. All of them before the first number is taken,
  // which whoever charges one of them waits for.
  await tx.sql`select id from lock_wallets_of(${organisationId})`;
  const { id, currency, state } = wallet;
  const wallets = await tx.db
    .select({ id, organisationId: wallet.organisationId, currency, state })
    .from(wallet)
    .where(eq(wallet.organisationId, organisationId))
    .orderBy(asc(wallet.id));
  const made: InvoiceRow[] = [];
  for (const row of wallets) {
    const invoice = await invoiceWallet(tx, row, issuerId, month, billing, at);
    if (invoice) made.push(invoice);
  }
  return made;
};
