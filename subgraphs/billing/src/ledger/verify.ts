import type { Tx } from "@tollgate/kit";

/** A law of the books that does not hold, where, and by how much (minor units). */
export interface Finding {
  law:
    | "ENTRY_BALANCES"
    | "WALLET_EQUALS_POSTINGS"
    | "HELD_EQUALS_OPEN_HOLDS"
    | "INVOICED_EQUALS_OPEN_INVOICES"
    | "NEVER_BELOW_ZERO";
  entryId: string | null;
  walletId: string | null;
  difference: bigint | null;
}

export interface Verification {
  intact: boolean;
  entries: bigint;
  wallets: number;
  findings: Finding[];
}

/** Findings beyond these are more of the same. */
const MOST_FINDINGS = 1_000;

interface FindingRow {
  law: Finding["law"];
  entry_id: string | null;
  wallet_id: string | null;
  difference: bigint | null;
}

/** Each book of a wallet beside the sum of its postings. */
const BOOKS = [
  ["posted", "account in ('WALLET', 'HOLDS')"],
  ["receivable", "account = 'RECEIVABLE'"],
  ["revenue", "account = 'REVENUE'"],
  ["provider_clearing", "account = 'PROVIDER_CLEARING'"],
  ["tax", "account = 'TAX'"],
  ["promotions", "account = 'PROMOTIONS'"],
  ["write_off", "account = 'WRITE_OFF'"],
] as const;

const SUMS = BOOKS.map(([column, where]) => `coalesce(sum(amount) filter (where ${where}), 0) as ${column}`).join(", ");
const DIFFERENCES = BOOKS.map(([column]) => `(w.${column} - coalesce(s.${column}, 0))`).join(", ");

/**
 * Everything, or one wallet and the entries that touch it ($1). A wallet's books are compared with its postings one by
 * one, debt on invoices as well; its postings follow one another without gap or jump; held equals both the book of holds
 * and what is left of the open ones; debt on invoices equals what the open ones ask for; nothing is below zero, and
 * nobody is owed what he does not owe.
 */
const LAWS = `
  with own as (
    select * from posting where $1::uuid is null or wallet_id = $1::uuid),
  sums as (
    select wallet_id, count(*) as postings, ${SUMS},
      coalesce(sum(amount) filter (where account = 'HOLDS'), 0) as held,
      coalesce(-sum(amount) filter (where on_invoice), 0) as invoiced
      from own group by wallet_id),
  open_holds as (
    select wallet_id, sum(amount - captured) as held from hold where state = 'OPEN' group by wallet_id),
  open_invoices as (
    select wallet_id, sum(due) as due from invoice
     where state = 'ISSUED' and ($1::uuid is null or wallet_id = $1::uuid) group by wallet_id),
  compared as (
    select w.*, w.postings - coalesce(s.postings, 0) as uncounted, w.held - coalesce(s.held, 0) as unposted,
      w.invoiced - coalesce(s.invoiced, 0) as uninvoiced, w.held - coalesce(open.held, 0) as unheld,
      w.invoiced - coalesce(bills.due, 0) as unbilled, array[${DIFFERENCES}] as differences
      from wallet w left join sums s on s.wallet_id = w.id left join open_holds open on open.wallet_id = w.id
      left join open_invoices bills on bills.wallet_id = w.id
     where $1::uuid is null or w.id = $1::uuid),
  chained as (
    select wallet_id, entry_id, position, balance_before, balance_after,
      lag(position) over (partition by wallet_id order by position) as position_before,
      lag(balance_after) over (partition by wallet_id, account order by position) as balance_then
      from own)
  select 'ENTRY_BALANCES' as law, e.id as entry_id, null::uuid as wallet_id, sum(p.amount)::bigint as difference
    from entry e left join posting p on p.entry_id = e.id
   where $1::uuid is null or e.id in (select entry_id from own) group by e.id, p.currency
  having coalesce(sum(p.amount), 1) <> 0 or count(p.id) < 2
  union all
  select 'WALLET_EQUALS_POSTINGS', null, id, d::bigint from compared cross join unnest(differences) d where d <> 0
  union all
  select 'WALLET_EQUALS_POSTINGS', null, id, coalesce(nullif(uninvoiced, 0), uncounted)::bigint from compared
   where uninvoiced <> 0 or uncounted <> 0
  union all
  select 'WALLET_EQUALS_POSTINGS', entry_id, wallet_id, (balance_before - coalesce(balance_then, 0))::bigint
    from chained
   where balance_before <> coalesce(balance_then, 0) or position <> coalesce(position_before, 0) + 1
  union all
  select 'HELD_EQUALS_OPEN_HOLDS', null, id, unposted::bigint from compared where unposted <> 0
  union all
  select 'HELD_EQUALS_OPEN_HOLDS', null, id, unheld::bigint from compared where unheld <> 0
  union all
  select 'INVOICED_EQUALS_OPEN_INVOICES', null, id, unbilled::bigint from compared where unbilled <> 0
  union all
  select 'NEVER_BELOW_ZERO', null, id, least(available, held, credit_limit, invoiced, -receivable - invoiced)::bigint
    from compared
   where least(available, held, credit_limit, invoiced, -receivable - invoiced) < 0
  limit ${MOST_FINDINGS}`;

const countsOf = async (tx: Tx, walletId: string | null): Promise<Pick<Verification, "entries" | "wallets">> => {
  const [counts] = await tx.sql<{ entries: bigint; wallets: bigint }[]>`
    select (case when ${walletId}::uuid is null then (select count(*) from entry)
              else (select count(distinct entry_id) from posting where wallet_id = ${walletId}::uuid) end) as entries,
           (select count(*) from wallet where ${walletId}::uuid is null or id = ${walletId}::uuid) as wallets`;
  return { entries: counts?.entries ?? 0n, wallets: Number(counts?.wallets ?? 0) };
};

/** Proves the laws of the books over everything the caller sees, or over one wallet of it. */
export const verifyLedger = async (tx: Tx, walletId: string | null = null): Promise<Verification> => {
  const counts = await countsOf(tx, walletId);
  const rows = await tx.sql.unsafe<FindingRow[]>(LAWS, [walletId]);
  const findings = rows.map(
    (row): Finding => ({ law: row.law, entryId: row.entry_id, walletId: row.wallet_id, difference: row.difference }),
  );
  return { intact: findings.length === 0, ...counts, findings };
};
