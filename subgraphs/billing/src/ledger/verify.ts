import type { Tx } from "@tollgate/kit";

/** A law of the books that does not hold, where, and by how much (minor units). */
export interface Finding {
  law: "ENTRY_BALANCES" | "WALLET_EQUALS_POSTINGS" | "HELD_EQUALS_OPEN_HOLDS" | "NEVER_BELOW_ZERO";
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

/**
 * Proves the laws of the books over everything the caller sees: entries balance, every wallet equals its postings,
 * which follow one another without gap or jump, held equals both the book of holds and what is left of the open holds, and
 * nothing is below zero.
 */
export const verifyLedger = async (tx: Tx): Promise<Verification> => {
  const [counts] = await tx.sql<{ entries: bigint; wallets: bigint }[]>`
    select (select count(*) from entry) as entries, (select count(*) from wallet) as wallets`;
  const rows = await tx.sql<FindingRow[]>`
    with sums as (
      select wallet_id, count(*) as postings,
        coalesce(sum(amount) filter (where account in ('WALLET', 'HOLDS')), 0) as posted,
        coalesce(sum(amount) filter (where account = 'HOLDS'), 0) as held,
        coalesce(sum(amount) filter (where account not in ('WALLET', 'HOLDS')), 0) as others
        from posting group by wallet_id),
    open_holds as (
      select wallet_id, sum(amount - captured) as held from hold where state = 'OPEN' group by wallet_id),
    compared as (
      select w.*, coalesce(s.postings, 0) as n, coalesce(s.posted, 0) as p, coalesce(s.held, 0) as h,
        coalesce(s.others, 0) as o, coalesce(open.held, 0) as open
        from wallet w left join sums s on s.wallet_id = w.id left join open_holds open on open.wallet_id = w.id),
    chained as (
      select wallet_id, entry_id, position, balance_before, balance_after,
        lag(position) over (partition by wallet_id order by position) as position_before,
        lag(balance_after) over (partition by wallet_id, account order by position) as balance_then
        from posting)
    select 'ENTRY_BALANCES' as law, e.id as entry_id, null::uuid as wallet_id, sum(p.amount)::bigint as difference
      from entry e left join posting p on p.entry_id = e.id group by e.id, p.currency
     having coalesce(sum(p.amount), 1) <> 0 or count(p.id) < 2
    union all
    select 'WALLET_EQUALS_POSTINGS', null, id, (posted - p)::bigint from compared
     where posted <> p or postings <> n
        or receivable + revenue + provider_clearing + tax + promotions + write_off <> o
    union all
    select 'WALLET_EQUALS_POSTINGS', entry_id, wallet_id, (balance_before - coalesce(balance_then, 0))::bigint
      from chained
     where balance_before <> coalesce(balance_then, 0) or position <> coalesce(position_before, 0) + 1
    union all
    select 'HELD_EQUALS_OPEN_HOLDS', null, id, (held - h)::bigint from compared where held <> h
    union all
    select 'HELD_EQUALS_OPEN_HOLDS', null, id, (held - open)::bigint from compared where held <> open
    union all
    select 'NEVER_BELOW_ZERO', null, id, least(available, held)::bigint from compared where available < 0 or held < 0
    limit ${MOST_FINDINGS}`;
  const findings = rows.map(
    (row): Finding => ({ law: row.law, entryId: row.entry_id, walletId: row.wallet_id, difference: row.difference }),
  );
  return {
    intact: findings.length === 0,
    entries: counts?.entries ?? 0n,
    wallets: Number(counts?.wallets ?? 0),
    findings,
  };
};
