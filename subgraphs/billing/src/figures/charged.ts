import type { Tx } from "@tollgate/kit";

const HOUR = 3_600_000;
const PART = 6 * HOUR;

/** Where the quarter of a day of UTC begins in which a moment lies. */
const partOf = (at: Date): number => Math.floor(at.getTime() / PART) * PART;

interface Cuts {
  /** Quarters of days that a moment cuts in two: of them the sums are of no use. */
  parts: string[];
  /** The same without those that follow one another: where each row of them begins and ends, and an hour after it. */
  from: string[];
  to: string[];
  chargedBefore: string[];
}

const cutBy = (moments: readonly Date[]): Cuts => {
  const cut = new Set(moments.filter((moment) => partOf(moment) !== moment.getTime()).map(partOf));
  const parts = [...cut].sort((a, b) => a - b);
  const text = (at: number): string => new Date(at).toISOString();
  const ends = parts.map((part) => part + PART).filter((end) => !cut.has(end));
  return {
    parts: parts.map(text),
    from: parts.filter((part) => !cut.has(part - PART)).map(text),
    to: ends.map(text),
    // Bounds that are ready: the database looks for nothing computed behind row-level security by its indexes.
    chargedBefore: ends.map((end) => text(end + HOUR)),
  };
};

/**
 * What wallets were charged, stretch by stretch: the first ends where the second begins, and `to` ends the last. A charge
 * is what the books REVENUE and TAX took, less what they gave back, so that what was charged since a wallet came to be is
 * their balance to the cent. Use counts in the hour in which it was used, which is charged when it is over; everything
 * else when it happened.
 *
 * One statement, however many wallets: sums of whole quarters of days, the postings of those that are cut, and postings
 * newer than the sums. Each is looked up by its index: OFFSET 0 keeps the planner, which knows nothing of the bounds, from
 * reading all of a wallet's history instead.
 * @param begins in order.
 * @returns minor units by wallet, one for each stretch; left out where nothing was charged.
 */
export const chargedIn = async (
  tx: Tx,
  walletIds: readonly string[],
  begins: readonly Date[],
  to: Date,
): Promise<Map<string, bigint[]>> => {
  const [from] = begins;
  if (!from || walletIds.length === 0) return new Map();
  const [first, last] = [from.toISOString(), to.toISOString()];
  const cuts = cutBy([...begins, to]);
  const rows = await tx.sql<{ wallet_id: string; stretch: number; amount: bigint }[]>`
    with given as materialized (
      -- Read once: what is written beside each row would be read from text for each row.
      select ${begins.map((begin) => begin.toISOString())}::text[]::timestamptz[] as begins,
          ${cuts.parts}::text[]::timestamptz[] as cut
    ), asked as (
      select w.id, w.organisation_id, coalesce(g.position, 0) as position
        from wallet w left join spend_progress g on g.wallet_id = w.id
       where w.id = any(${[...walletIds]}::uuid[])
    ), charged as (
      select a.id, s.part as at, s.amount
        from asked a join spend_part s on s.wallet_id = a.id
       where s.part >= ${first} and s.part < ${last} and s.part <> all((select cut from given)::timestamptz[])
      union all
      select a.id, e.at, p.amount
        from asked a
       cross join unnest(${cuts.from}::text[]::timestamptz[], ${cuts.to}::text[]::timestamptz[],
               ${cuts.chargedBefore}::text[]::timestamptz[]) c(low, high, charged_before)
       cross join lateral (
         select id, event_at - case kind when 'USAGE' then interval '1 hour' else interval '0' end as at from entry
          where organisation_id = a.organisation_id and event_at >= c.low and event_at < c.charged_before offset 0) e
       cross join lateral (
         select amount from posting
          where entry_id = e.id and wallet_id = a.id and position <= a.position and account in ('REVENUE', 'TAX')
         offset 0) p
       where e.at >= c.low and e.at < c.high and e.at >= ${first} and e.at < ${last}
      union all
      select a.id, e.at, p.amount
        from asked a
       cross join lateral (
         select entry_id, amount from posting
          where wallet_id = a.id and position > a.position and account in ('REVENUE', 'TAX') offset 0) p
       cross join lateral (
         select event_at - case kind when 'USAGE' then interval '1 hour' else interval '0' end as at from entry
          where id = p.entry_id offset 0) e
       where e.at >= ${first} and e.at < ${last}
    )
    select id as wallet_id, width_bucket(at, (select begins from given)) as stretch, sum(amount)::bigint as amount
      from charged group by 1, 2`;
  const found = new Map<string, bigint[]>();
  for (const { wallet_id: id, stretch, amount } of rows) {
    const amounts = found.get(id) ?? begins.map(() => 0n);
    amounts[stretch - 1] = amount;
    found.set(id, amounts);
  }
  return found;
};
