import type { Currency, Tx } from "@tollgate/kit";
import type { PricedResource } from "../prices/price.schema.js";
import type { Period } from "./calendar.js";

const DAY = 86_400_000;

/** Books in which something is asked for: a wallet and whose it is. */
export interface Books {
  walletId: string;
  organisationId: string;
  currency: Currency;
}

/** What one resource of a machine used in a period, without tax. */
export interface Used {
  vmId: string;
  resource: PricedResource;
  code: string;
  amount: bigint;
}

/** The whole days of UTC in a period; where there are none they end where they begin, at its end. */
const wholeDaysOf = ({ from, to }: Period): Period => {
  const first = new Date(Math.ceil(from.getTime() / DAY) * DAY);
  const last = new Date(Math.floor(to.getTime() / DAY) * DAY);
  return first < last ? { from: first, to: last } : { from: to, to };
};

const texts = (dates: readonly Date[]): string[] => dates.map((date) => date.toISOString());

/**
 * What machines used by resource, for several books and periods in one statement: sums of whole days, and the records of
 * days that are cut or not summed up yet, each looked up by its index (see `chargedIn`).
 * @returns a list for each of `asked`, in its order.
 */
export const usedIn = async (tx: Tx, asked: readonly (Books & { period: Period })[]): Promise<Used[][]> => {
  if (asked.length === 0) return [];
  const whole = asked.map(({ period }) => wholeDaysOf(period));
  const rows = await tx.sql<{ nth: bigint; vm_id: string; resource: PricedResource; code: string; amount: bigint }[]>`
    with asked as (
      select a.*, coalesce(g.usage_until, '-infinity') as summed_until
        from unnest(${asked.map((one) => one.organisationId)}::uuid[], ${asked.map((one) => one.walletId)}::uuid[],
               ${asked.map((one) => one.currency)}::text[], ${texts(asked.map(({ period }) => period.from))}::text[]::timestamptz[],
               ${texts(asked.map(({ period }) => period.to))}::text[]::timestamptz[],
               ${texts(whole.map(({ from }) => from))}::text[]::timestamptz[], ${texts(whole.map(({ to }) => to))}::text[]::timestamptz[])
             with ordinality a(organisation_id, wallet_id, currency, from_at, to_at, whole_from, whole_to, nth)
        left join spend_progress g on g.wallet_id = a.wallet_id
    ), used as (
      select a.nth, d.vm_id, d.resource, d.code, d.amount
        from asked a
        join usage_day d on d.organisation_id = a.organisation_id and d.currency = a.currency
             and d.day >= a.whole_from and d.day < a.whole_to
      union all
      select a.nth, u.vm_id, u.resource, u.code, u.amount
        from asked a
       cross join lateral (values (a.from_at, least(a.whole_from, a.summed_until)),
               (a.whole_to, least(a.to_at, a.summed_until)), (greatest(a.from_at, a.summed_until), a.to_at)) r(low, high)
       cross join lateral (
         select vm_id, resource, code, amount from usage_record
          where organisation_id = a.organisation_id and currency = a.currency and hour >= r.low and hour < r.high
         offset 0) u
    )
    select nth, vm_id, resource, code, sum(amount)::bigint as amount from used group by 1, 2, 3, 4 order by 2, 3, 4`;
  const byNth = Map.groupBy(rows, ({ nth }) => Number(nth));
  return asked.map((_, index) =>
    (byNth.get(index + 1) ?? []).map(({ vm_id: vmId, resource, code, amount }) => ({ vmId, resource, code, amount })),
  );
};
