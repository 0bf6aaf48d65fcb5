import type { Tx } from "@tollgate/kit";

const PART = 6 * 3_600_000;

/** Where the quarter of a day of UTC begins in which a moment lies. */
const partOf = (at: Date): number => Math.floor(at.getTime() / PART) * PART;

/** Quarters of days that one of the moments cuts in two: of them the sums are of no use. */
const cutBy = (moments: readonly Date[]): string[] => {
  const cut = moments.filter((moment) => partOf(moment) !== moment.getTime()).map(partOf);
  return [...new Set(cut)].map((part) => new Date(part).toISOString());
};

/**
 * What wallets were charged, stretch by stretch: the first ends where the second begins, and `to` ends the last. A charge
 * is what the books REVENUE and TAX took, less what they gave back, so that what was charged since a wallet came to be is
 * their balance to the cent. Use counts in the hour in which it was used, which is charged when it is over; everything
 * else when it happened.
 *
 * One statement, however many wallets: sums of whole quarters of days, the postings of those that are cut, and postings
 * newer than the sums.
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
    with asked as (
      select w.id, w.organisation_id, coalesce(g.position, 0) as position
        from wallet w left join spend_progress g on g.wallet_id = w.id
       where w.id = any(${[...walletIds]}::uuid[])
    ), charged as (
      select a.id, s.part as at, s.amount
        from asked a join spend_part s on s.wallet_id = a.id
       where s.part >= ${first} and s.part < ${last} and s.part <> all(${cuts}::text[]::timestamptz[])
      union all
      select a.id, m.at, p.amount
        from asked a cross join unnest(${cuts}::text[]::timestamptz[]) c(part)
        join entry e on e.organisation_id = a.organisation_id
             and e.event_at >= c.part and e.event_at < c.part + interval '7 hours'
       cross join lateral (select e.event_at - case e.kind when 'USAGE' then interval '1 hour' else interval '0' end as at) m
        join posting p on p.entry_id = e.id and p.wallet_id = a.id and p.account in ('REVENUE', 'TAX')
       where p.position <= a.position and m.at >= c.part and m.at < c.part + interval '6 hours'
         and m.at >= ${first} and m.at < ${last}
      union all
      select a.id, m.at, p.amount
        from asked a
        join posting p on p.wallet_id = a.id and p.position > a.position and p.account in ('REVENUE', 'TAX')
        join entry e on e.id = p.entry_id
       cross join lateral (select e.event_at - case e.kind when 'USAGE' then interval '1 hour' else interval '0' end as at) m
       where m.at >= ${first} and m.at < ${last}
    )
    select id as wallet_id, width_bucket(at, ${begins.map((begin) => begin.toISOString())}::text[]::timestamptz[]) as stretch,
        sum(amount)::bigint as amount
      from charged group by 1, 2`;
  const found = new Map<string, bigint[]>();
  for (const { wallet_id: id, stretch, amount } of rows) {
    const amounts = found.get(id) ?? begins.map(() => 0n);
    amounts[stretch - 1] = amount;
    found.set(id, amounts);
  }
  return found;
};
