import { ConflictFault, type Currency, readSettingsOfEach, type Tx } from "@tollgate/kit";
import { monthOf } from "../figures/calendar.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import { type CreditStretch, creditStretches } from "../modes/modes.js";
import { issuerOf } from "./charges.js";
import { draftInvoices, writeLinesOf } from "./drafting.js";
import type { InvoiceRow } from "./invoice.schema.js";
import { issueAll } from "./issuing.js";
import { linesOfServices } from "./service-lines.js";
import { recordMonth } from "./telling.js";
import { type BilledWallet, coverEntries, creditSince, type Uncovered, uncoveredOf } from "./uncovered.js";
import { linesOfUse, taxesOfUse } from "./usage-lines.js";

/** Such as `2026-10`, on whichever calendar. */
export type Month = string;

/** The month on an organisation's calendar. */
export const periodOf = (month: Month, timeZone: string): { from: Date; to: Date } =>
  monthOf(timeZone, new Date(`${month}-15T12:00:00Z`));

/** What a month of an organisation is billed with. */
interface Billing {
  period: { from: Date; to: Date };
  timeZone: string;
  country: string;
  isIssued: boolean;
}

type Billings = ReadonlyMap<string, Billing>;

/** Of those for whom the month is over, in their order. */
const billingsOf = async (tx: Tx, ids: readonly string[], month: Month, at: Date): Promise<Billings> => {
  const keys = ["billing.timeZone", "billing.country", "billing.issueInvoices"] as const;
  const settings = await readSettingsOfEach(tx, keys, ids);
  const billings = [...settings].map(([id, values]): [string, Billing] => {
    const timeZone = values["billing.timeZone"];
    const isIssued = values["billing.issueInvoices"];
    return [id, { timeZone, country: values["billing.country"], isIssued, period: periodOf(month, timeZone) }];
  });
  return new Map(billings.filter(([, { period }]) => period.to <= at));
};

/**
 * Whose use, or services by the hour, are not charged to the month's end: they would be on no invoice before the next month's.
 * A service that waits for money is not waited for: what is paid late is billed late.
 */
const notCharged = async (tx: Tx, billings: Billings): Promise<Set<string>> => {
  const rows = await tx.sql<{ id: string }[]>`
    select o.id
      from unnest(${[...billings.keys()]}::uuid[],
             ${[...billings.values()].map(({ period }) => period.to.toISOString())}::text[]::timestamptz[]) o(id, to_at)
     where exists (select from metering m where m.organisation_id = o.id and m.until_at < o.to_at)
        or exists (select from service_subscription s where s.organisation_id = o.id and s.interval = 'HOURLY'
             and s.state = 'ACTIVE' and s.due_at < o.to_at and s.ended_at is null)`;
  return new Set(rows.map(({ id }) => id));
};

interface LockedWallet extends Pick<WalletRow, "id" | "state" | "receivable" | "invoiced"> {
  organisation_id: string;
  currency: Currency;
}

/**
 * From here on nothing is charged to them; what was is committed and seen. All of them before the first number is taken,
 * which whoever charges one of them waits for, and in the order in which everybody locks wallets.
 */
const lockWallets = (tx: Tx, ids: readonly string[]): Promise<LockedWallet[]> => tx.sql<LockedWallet[]>`
  select l.id, l.organisation_id, l.currency, l.state, l.receivable, l.invoiced
    from (select id from wallet where organisation_id = any(${[...ids]}::uuid[]) order by id) w
    cross join lateral lock_wallet(w.id) l`;

/** Whoever does the same month at this moment is waited for. @returns those that were not done before. */
const claim = async (tx: Tx, wallets: readonly LockedWallet[], month: Month, at: Date): Promise<LockedWallet[]> => {
  const rows = await tx.sql<{ wallet_id: string }[]>`
    insert into invoiced_month (organisation_id, wallet_id, month, done_at)
      select organisation_id, id, ${month}, ${at.toISOString()}
        from unnest(${wallets.map((row) => row.organisation_id)}::uuid[], ${wallets.map(({ id }) => id)}::uuid[])
          w(organisation_id, id) order by id
      on conflict do nothing returning wallet_id`;
  const claimed = new Set(rows.map((row) => row.wallet_id));
  return wallets.filter(({ id }) => claimed.has(id));
};

/** When each organisation paid by invoice until its month ended. */
const creditOf = async (tx: Tx, billings: Billings): Promise<Map<string, CreditStretch[]>> => {
  const credit = new Map<string, CreditStretch[]>();
  const byEnd = Map.groupBy(billings, ([, { period }]) => period.to.getTime());
  for (const [end, those] of byEnd) {
    const ids = those.map(([id]) => id);
    for (const [id, stretches] of await creditStretches(tx, ids, new Date(end - 1))) credit.set(id, stretches);
  }
  return credit;
};

/** With what is billed of them; who has closed left with nothing to pay. */
const billed = (
  rows: readonly LockedWallet[],
  billings: Billings,
  stretches: ReadonlyMap<string, CreditStretch[]>,
): BilledWallet[] =>
  rows.flatMap(({ organisation_id: organisationId, state, ...books }) => {
    const billing = billings.get(organisationId);
    const credit = state === "CLOSED" ? [] : (stretches.get(organisationId) ?? []);
    return billing ? [{ ...books, organisationId, to: billing.period.to, credit }] : [];
  });

/** One draft for each wallet that paid something, in the order of organisations. */
const draftAll = async (
  tx: Tx,
  wallets: readonly BilledWallet[],
  found: ReadonlyMap<string, Uncovered>,
  { issuerId, billings, month, at }: { issuerId: string; billings: Billings; month: Month; at: Date },
): Promise<InvoiceRow[]> => {
  const wanted = wallets.flatMap((paying) => {
    const { id: walletId, organisationId, currency } = paying;
    const sums = found.get(walletId);
    const billing = billings.get(organisationId);
    if (!sums || !billing) return [];
    const mode = creditSince(paying) === null ? ("PREPAID" as const) : ("INVOICED" as const);
    const { period, timeZone } = billing;
    const facts = {
      subtotal: sums.net,
      tax: sums.tax,
      due: sums.due,
      kind: "USAGE" as const,
      mode,
      month,
      period,
      timeZone,
    };
    return [{ organisationId, issuerId, walletId, currency, ...facts }];
  });
  // Their own ids follow the same order, and with them every list.
  return inOrder(await draftInvoices(tx, inOrder(wanted), at));
};

const inOrder = <Row extends { organisationId: string; walletId: string }>(rows: readonly Row[]): Row[] => {
  const keyOf = ({ organisationId, walletId }: Row) => `${organisationId}/${walletId}`;
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
};

/** The entries that these drafts cover from now on, and their lines. */
const fill = async (
  tx: Tx,
  drafts: readonly InvoiceRow[],
  found: ReadonlyMap<string, Uncovered>,
  billings: Billings,
): Promise<void> => {
  await coverEntries(tx, drafts);
  const covered = drafts.flatMap(({ id: invoiceId, organisationId, walletId, currency }) => {
    const sums = found.get(walletId);
    const country = billings.get(organisationId)?.country;
    return sums && country !== undefined ? [{ ...sums, organisationId, walletId, currency, invoiceId, country }] : [];
  });
  const services = await linesOfServices(tx, covered);
  const use = await linesOfUse(tx, covered, services);
  const taxes = await taxesOfUse(tx, covered);
  const linesOf = ({ id }: InvoiceRow) => [...(use.get(id) ?? []), ...(taxes.get(id) ?? [])];
  await writeLinesOf(
    tx,
    drafts.map((draft) => ({ draft, lines: linesOf(draft) })),
  );
  await tx.sql`
    update invoiced_month m set invoice_id = d.invoice_id
      from unnest(${drafts.map(({ walletId }) => walletId)}::uuid[], ${drafts.map(({ id }) => id)}::uuid[],
             ${drafts.map(({ month }) => month)}::text[]) d(wallet_id, invoice_id, month)
     where m.wallet_id = d.wallet_id and m.month = d.month`;
};

/** What became of a month of some organisations. */
export interface MonthOfSome {
  /** New ones: one for each currency that an organisation paid in. */
  made: InvoiceRow[];
  /** Organisations whose use is not charged to the month's end: nothing was done about them. */
  behind: string[];
}

/**
 * Bills the use of some organisations, all below one issuer, in a month that is over on their calendars, with what came
 * late of former months; numbers follow the order of their ids. Statements are as many for one of them as for a hundred.
 * Doing it again changes nothing.
 */
export const invoiceMonthOf = async (
  tx: Tx,
  { issuerId, organisationIds }: { issuerId: string; organisationIds: readonly string[] },
  month: Month,
  at: Date,
): Promise<MonthOfSome> => {
  const over = await billingsOf(tx, organisationIds, month, at);
  const behind = await notCharged(tx, over);
  const billings = new Map([...over].filter(([id]) => !behind.has(id)));
  const none = { made: [], behind: [...behind] };
  if (billings.size === 0) return none;
  const claimed = await claim(tx, await lockWallets(tx, [...billings.keys()]), month, at);
  if (claimed.length === 0) return none;
  const wallets = billed(claimed, billings, await creditOf(tx, billings));
  const found = await uncoveredOf(tx, wallets);
  if (found.size === 0) return none;
  const drafts = await draftAll(tx, wallets, found, { issuerId, billings, month, at });
  await fill(tx, drafts, found, billings);
  const isIssued = ({ organisationId }: InvoiceRow) => billings.get(organisationId)?.isIssued === true;
  const issued = await issueAll(tx, drafts.filter(isIssued), at);
  const made = [...issued, ...drafts.filter((draft) => !isIssued(draft))];
  await recordMonth(tx, made, at);
  return { made, behind: [...behind] };
};

/** What is said where a month cannot be billed yet. */
export const notChargedYet = (organisationId: string): ConflictFault =>
  new ConflictFault("Use of this month is not charged to its end yet.", organisationId);

/**
 * Bills the use of one organisation; see `invoiceMonthOf`.
 * @returns the new invoices.
 * @throws ConflictFault while use of the month is not charged to its end.
 */
export const invoiceMonth = async (tx: Tx, organisationId: string, month: Month, at: Date): Promise<InvoiceRow[]> => {
  const issuerId = await issuerOf(tx, organisationId);
  if (issuerId === null) return [];
  const { made, behind } = await invoiceMonthOf(tx, { issuerId, organisationIds: [organisationId] }, month, at);
  if (behind.length > 0) throw notChargedYet(organisationId);
  return made;
};
