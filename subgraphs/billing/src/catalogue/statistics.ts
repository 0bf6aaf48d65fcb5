import type { Tx } from "@tollgate/kit";
import type { CatalogueItemRow } from "./catalogue.schema.js";

/** What an item has brought its seller. */
export interface ItemStatistics {
  /** Service subscriptions that go on. */
  subscribers: number;
  /** Pieces of it that subscriptions which go on have, or that were ordered. */
  quantity: number;
  orders: number;
  /** Minor units after discounts, without tax, since it is on sale. */
  revenue: bigint;
}

interface StatisticsRow {
  item_id: string;
  subscribers: number;
  quantity: bigint;
  orders: number;
  revenue: bigint;
}

/**
 * For those items whose seller is of the estate, by id: nobody learns what those above him earn. A constant number of
 * statements.
 */
export const statisticsOf = async (
  tx: Tx,
  items: readonly CatalogueItemRow[],
): Promise<Map<string, ItemStatistics>> => {
  const sellers = [...new Set(items.map(({ organisationId }) => organisationId))];
  const known = await tx.sql<{ organisation_id: string; path: string }[]>`
    select organisation_id, path from tenancy where organisation_id = any(${sellers}::uuid[])`;
  const { scope } = tx;
  const own = new Set(
    known.filter(({ path }) => scope.everything || path.startsWith(scope.path)).map((row) => row.organisation_id),
  );
  const ids = items.filter(({ organisationId }) => own.has(organisationId)).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await tx.sql<StatisticsRow[]>`
    select i.id as item_id, coalesce(s.n, 0)::int as subscribers, (coalesce(s.quantity, 0) + coalesce(o.quantity, 0))::bigint as quantity,
        coalesce(o.n, 0)::int as orders, (coalesce(c.net, 0) + coalesce(o.net, 0))::bigint as revenue
      from unnest(${ids}::uuid[]) i(id)
      left join (select item_id, count(*) as n, sum(quantity) as quantity from service_subscription
                  where item_id = any(${ids}::uuid[]) and ended_at is null group by item_id) s on s.item_id = i.id
      left join (select item_id, sum(net) as net from service_charge
                  where item_id = any(${ids}::uuid[]) group by item_id) c on c.item_id = i.id
      left join (select item_id, count(distinct order_id) as n, sum(quantity) as quantity, sum(net) as net from order_line
                  where item_id = any(${ids}::uuid[]) group by item_id) o on o.item_id = i.id`;
  return new Map(
    rows.map(({ item_id: id, subscribers, quantity, orders, revenue }) => [
      id,
      { subscribers, quantity: Number(quantity), orders, revenue },
    ]),
  );
};
