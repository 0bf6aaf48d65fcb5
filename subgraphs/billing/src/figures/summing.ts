import type { Database, Tx } from "@tollgate/kit";

/** Wallets whose books are summed up in one transaction. */
const WALLETS_AT_ONCE = 200;

/**
 * Sums up what some wallets were charged and what their organisations' machines used since the last time: postings never
 * change and have no gaps, and a usage record is written once, with its organisation's clock of metering. One statement
 * sees the books at one moment, so that nothing is left out or counted twice whatever is written meanwhile.
 * @returns how many wallets; there may be more than one call sums up.
 */
const sumUpSome = async (tx: Tx): Promise<number> => {
  // One at a time: two would add the same postings.
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('billing: spend is summed up', 0))`;
  const [row] = await tx.sql<{ wallets: number }[]>`
    with due as (
      select w.id, w.organisation_id, w.currency, w.postings, coalesce(g.position, 0) as position,
          coalesce(g.usage_until, '-infinity') as usage_from, g.usage_until as used_before,
          date_trunc('day', m.until_at, 'UTC') as usage_until
        from wallet w
        left join spend_progress g on g.wallet_id = w.id
        left join metering m on m.organisation_id = w.organisation_id
       where w.postings > coalesce(g.position, 0)
          or date_trunc('day', m.until_at, 'UTC') > coalesce(g.usage_until, '-infinity')
       order by w.id limit ${WALLETS_AT_ONCE}
    ), parts as (
      insert into spend_part (organisation_id, wallet_id, part, amount)
        select d.organisation_id, d.id,
            date_bin('6 hours', e.event_at - case e.kind when 'USAGE' then interval '1 hour' else interval '0' end,
              timestamptz '2000-01-01 00:00Z') as part,
            sum(p.amount)
          from due d
          join posting p on p.wallet_id = d.id and p.position > d.position and p.position <= d.postings
               and p.account in ('REVENUE', 'TAX')
          join entry e on e.id = p.entry_id
         group by 1, 2, 3
      on conflict (wallet_id, part) do update set amount = spend_part.amount + excluded.amount
    ), days as (
      insert into usage_day (organisation_id, day, vm_id, resource, code, currency, amount)
        select d.organisation_id, date_trunc('day', u.hour, 'UTC'), u.vm_id, u.resource, u.code, u.currency, sum(u.amount)
          from due d
          join usage_record u on u.organisation_id = d.organisation_id and u.currency = d.currency
               and u.hour >= d.usage_from and u.hour < d.usage_until
         group by 1, 2, 3, 4, 5, 6
    ), progress as (
      insert into spend_progress (wallet_id, organisation_id, position, usage_until)
        select id, organisation_id, postings, greatest(usage_until, used_before) from due
      on conflict (wallet_id) do update set position = excluded.position, usage_until = excluded.usage_until
    )
    select count(*)::int as wallets from due`;
  return row?.wallets ?? 0;
};

/** Sums up everything that was charged and used by now; figures are the same before and after it, and quicker after. */
export const sumUpSpend = async (database: Database): Promise<void> => {
  while ((await database.system("sum-up-spend", sumUpSome)) === WALLETS_AT_ONCE);
};
