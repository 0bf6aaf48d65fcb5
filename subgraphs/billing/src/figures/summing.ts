import type { Database, Tx } from "@tollgate/kit";

/** Wallets whose books are summed up in one transaction. */
const WALLETS_AT_ONCE = 200;

/**
 * Sums up what some wallets were charged and what their organisations' machines used since the last time: postings never
 * change and have no gaps, and a usage record is written once, with its organisation's clock of metering. One statement
 * sees the books at one moment, so that nothing is left out or counted twice whatever is written meanwhile. What is new is
 * looked up by its index: OFFSET 0 keeps the planner, which knows nothing of how far the sums are, from reading all history
 * each time.
 * @returns how many wallets; there may be more than one call sums up.
 */
const sumUpSome = async (tx: Tx): Promise<number> => {
  // One at a time: two would add the same postings.
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('billing: spend is summed up', 0))`;
  const [row] = await tx.sql<{ wallets: number }[]>`
    with due as materialized (
      select w.id, w.organisation_id, w.currency, w.postings, coalesce(g.position, 0) as position,
          coalesce(g.revenue_position, 0) as revenue_position,
          coalesce(g.usage_until, '-infinity') as usage_from, g.usage_until as used_before,
          date_trunc('day', m.until_at, 'UTC') as usage_until
        from wallet w
        left join spend_progress g on g.wallet_id = w.id
        left join metering m on m.organisation_id = w.organisation_id
       where w.postings > least(coalesce(g.position, 0), coalesce(g.revenue_position, 0))
          or date_trunc('day', m.until_at, 'UTC') > coalesce(g.usage_until, '-infinity')
       order by w.id limit ${WALLETS_AT_ONCE}
    ), moved as materialized (
      select d.id, d.organisation_id, e.organisation_id = d.organisation_id as is_own, e.kind, e.event_at, p.charged, p.revenue
        from due d
       cross join lateral (
         select entry_id, sum(amount) filter (where position > d.position) as charged,
             sum(amount) filter (where account = 'REVENUE' and position > d.revenue_position) as revenue
           from posting
          where wallet_id = d.id and position > least(d.position, d.revenue_position) and position <= d.postings
            and account in ('REVENUE', 'TAX')
          group by entry_id offset 0) p
       cross join lateral (select organisation_id, kind, event_at from entry where id = p.entry_id offset 0) e
    ), parts as (
      insert into spend_part (organisation_id, wallet_id, part, amount)
        select organisation_id, id,
            date_bin('6 hours', event_at - case kind when 'USAGE' then interval '1 hour' else interval '0' end,
              timestamptz '2000-01-01 00:00Z') as part,
            sum(charged)
          from moved where charged is not null group by 1, 2, 3
      on conflict (wallet_id, part) do update set amount = spend_part.amount + excluded.amount
    ), revenue as (
      insert into revenue_day (organisation_id, wallet_id, day, amount)
        select organisation_id, id, ceil(extract(epoch from event_at) / 86400)::int - 1, sum(revenue)
          from moved where revenue is not null and is_own group by 1, 2, 3
      on conflict (wallet_id, day) do update set amount = revenue_day.amount + excluded.amount
    ), days as (
      insert into usage_day (organisation_id, day, vm_id, resource, code, currency, amount)
        select d.organisation_id, u.day, u.vm_id, u.resource, u.code, d.currency, sum(u.amount)
          from due d
         cross join lateral (
           select date_trunc('day', hour, 'UTC') as day, vm_id, resource, code, amount from usage_record
            where organisation_id = d.organisation_id and hour >= d.usage_from and hour < d.usage_until
              and currency = d.currency offset 0) u
         group by 1, 2, 3, 4, 5, 6
    ), progress as (
      insert into spend_progress (wallet_id, organisation_id, position, revenue_position, usage_until)
        select id, organisation_id, postings, postings, greatest(usage_until, used_before) from due
      on conflict (wallet_id) do update set position = excluded.position, revenue_position = excluded.revenue_position,
        usage_until = excluded.usage_until
    )
    select count(*)::int as wallets from due`;
  return row?.wallets ?? 0;
};

/** Sums up everything that was charged and used by now; figures are the same before and after it, and quicker after. */
export const sumUpSpend = async (database: Database): Promise<void> => {
  while ((await database.system("sum-up-spend", sumUpSome)) === WALLETS_AT_ONCE);
};
