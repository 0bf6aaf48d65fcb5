import type { Currency, Tx } from "@tollgate/kit";
import { type Debt, openDebts } from "../ledger/debts.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import type { CreditStretch } from "../modes/modes.js";
import { greater, lesser } from "../prices/fraction.js";

/** Entries older than this are not looked for any more: more than a year of downtime is no downtime. */
const LOOK_BACK = "400 days";

/** A wallet that is locked, and the end of the month that is billed on its organisation's calendar. */
export interface BilledWallet extends Pick<WalletRow, "id" | "organisationId" | "receivable" | "invoiced"> {
  currency: Currency;
  to: Date;
  /** When what it paid was on credit; the last stretch may go on. */
  credit: readonly CreditStretch[];
}

/** Since when it has been paying by invoice; null: it pays first. */
export const creditSince = ({ credit }: Pick<BilledWallet, "credit">): Date | null => {
  const last = credit.at(-1);
  return last?.until === null ? last.from : null;
};

/** What a wallet paid for use, and for services by the hour, that no invoice covers yet; minor units. */
export interface Uncovered {
  net: bigint;
  tax: bigint;
  /** What of it is not paid yet: used on credit, or owed since that ended or was used up. */
  due: bigint;
  firstAt: Date;
  lastAt: Date;
}

interface Found {
  wallet_id: string;
  net: bigint;
  tax: bigint;
  /** Below zero where credit for something else, such as what is held, became a debt together with use. */
  on_credit: bigint;
  /** On credit that has ended since. */
  was_on_credit: bigint;
  owed: bigint;
  first_at: string;
  last_at: string;
}

/**
 * Entries of the wallet `w` that no invoice covers yet, up to the end of the month, late ones of former months as well: of use,
 * and of services that are charged by the hour. Hours belong to the month in which they began, as in figures, also where a zone
 * is not whole hours from UTC and its month ends within one. What is covered already
 * is read once for each wallet, which NOT IN does. Entries come first and postings then, by entry: OFFSET 0 keeps this order,
 * and IS TRUE hides the wallet from the planner, which else may go through all postings of the wallet for each of its entries.
 *
 * `paid_at` decides whether it was on credit: use at the end of its hour, so that what ends with the moment in which credit
 * begins is not; a service at the moment in which it was paid, and what is paid in that moment is.
 */
const UNCOVERED = `
  from (
    select e.organisation_id, e.id, e.event_at, e.event_at as paid_at from entry e
     where e.organisation_id = w.organisation_id and e.kind in ('USAGE', 'CAPTURE')
       and e.event_at < w.to_at + interval '1 hour' and e.event_at > w.to_at - interval '${LOOK_BACK}'
       and (e.kind = 'USAGE' or e.event_at < w.to_at)
       and e.id not in (select i.entry_id from invoice_entry i where i.organisation_id = w.organisation_id)
       and e.id not in (select b.entry_id from invoice b where b.organisation_id = w.organisation_id and b.entry_id is not null)
     union all
    select c.organisation_id, c.entry_id, c.at, c.charged_at + interval '1 microsecond' from service_charge c
     where c.organisation_id = w.organisation_id and c.charged_at is not null
       and c.period_start < w.to_at and c.at > w.to_at - interval '${LOOK_BACK}'
       and not exists (select from invoice_entry i where i.entry_id = c.entry_id)
    offset 0) e
 cross join lateral (select from posting p
   where p.entry_id = e.id and (p.wallet_id = w.id) is true and p.account = 'REVENUE' limit 1) revenue
 offset 0`;

/** Times as PostgreSQL has them: an hour is charged at its end. */
const rangesOf = (stretches: readonly CreditStretch[]): string =>
  `{${stretches.map(({ from, until }) => `(${from.toISOString()},${until?.toISOString() ?? ""}]`).join(",")}}`;

const sumsOf = (tx: Tx, wallets: readonly BilledWallet[], debts: readonly Debt[]): Promise<Found[]> => tx.sql<Found[]>`
  with debt as (
    select * from unnest(${debts.map((debt) => debt.entry_id)}::uuid[], ${debts.map(({ open }) => open.toString())}::bigint[])
      d(entry_id, open))
  select w.id as wallet_id, s.*
    from unnest(${wallets.map(({ id }) => id)}::uuid[], ${wallets.map((one) => one.organisationId)}::uuid[],
           ${wallets.map(({ to }) => to.toISOString())}::text[]::timestamptz[],
           ${wallets.map((one) => creditSince(one)?.toISOString() ?? "infinity")}::text[]::timestamptz[],
           ${wallets.map(({ credit }) => rangesOf(credit.filter(({ until }) => until !== null)))}::text[]::tstzmultirange[])
           w(id, organisation_id, to_at, credit_since, had_credit)
    cross join lateral (
      select coalesce(sum(p.amount) filter (where p.account = 'REVENUE'), 0)::bigint as net,
          coalesce(sum(p.amount) filter (where p.account = 'TAX'), 0)::bigint as tax,
          coalesce(-sum(p.amount) filter (where p.account in ('WALLET', 'HOLDS')
            and e.paid_at > w.credit_since), 0)::bigint as on_credit,
          coalesce(-sum(p.amount) filter (where p.account in ('WALLET', 'HOLDS')
            and e.paid_at <@ w.had_credit), 0)::bigint as was_on_credit,
          coalesce(sum(d.open) filter (where p.account = 'RECEIVABLE'), 0)::bigint as owed,
          min(e.event_at) as first_at, max(e.event_at) as last_at
        from (select e.id, e.event_at, e.paid_at ${tx.sql.unsafe(UNCOVERED)}) e
        join posting p on p.entry_id = e.id and (p.wallet_id = w.id) is true
        left join debt d on d.entry_id = e.id) s
   where s.first_at is not null and s.net >= 0 and s.tax >= 0`;

/** @param ended what is still open of the debts that credit left behind when it ended. */
const dueOf = (sums: Found, ended: bigint): bigint => {
  const owed = sums.owed + lesser(greater(sums.was_on_credit, 0n), ended);
  return lesser(greater(sums.on_credit + owed, 0n), sums.net + sums.tax);
};

/**
 * What each of these wallets paid and owes; those with nothing to bill are left out, and those to which more was given back than
 * taken: it comes off what they use next. As many statements for one as for many.
 */
export const uncoveredOf = async (tx: Tx, wallets: readonly BilledWallet[]): Promise<Map<string, Uncovered>> => {
  const debts = await openDebts(tx, wallets);
  const ended = new Map<string, bigint>();
  for (const { wallet_id: id, kind, open } of debts) {
    // Nothing else makes a debt of this kind.
    if (kind === "ADJUSTMENT") ended.set(id, (ended.get(id) ?? 0n) + open);
  }
  const rows = await sumsOf(tx, wallets, debts);
  return new Map(
    rows.map((row) => {
      const { wallet_id: walletId, net, tax, first_at: firstAt, last_at: lastAt } = row;
      const due = dueOf(row, ended.get(walletId) ?? 0n);
      return [walletId, { net, tax, due, firstAt: new Date(firstAt), lastAt: new Date(lastAt) }];
    }),
  );
};

/** Writes down which entries each of these drafts covers from now on. */
export const coverEntries = async (
  tx: Tx,
  drafts: readonly { walletId: string; organisationId: string; id: string; periodTo: Date }[],
): Promise<void> => {
  await tx.sql`
    insert into invoice_entry (organisation_id, entry_id, invoice_id)
      select e.organisation_id, e.id, w.invoice_id
        from unnest(${drafts.map(({ walletId }) => walletId)}::uuid[], ${drafts.map((one) => one.organisationId)}::uuid[],
               ${drafts.map(({ periodTo }) => periodTo.toISOString())}::text[]::timestamptz[],
               ${drafts.map(({ id }) => id)}::uuid[]) w(id, organisation_id, to_at, invoice_id)
        cross join lateral (select e.organisation_id, e.id ${tx.sql.unsafe(UNCOVERED)}) e`;
};
