import { readSettingOfEach, type Tx } from "@tollgate/kit";
import { MAIN_CURRENCY } from "../currency.js";
import { taxRatesAt, taxTurns } from "../tax/tax.js";
import { readLists } from "./lists.js";
import { type PriceListRow, priceList } from "./price.schema.js";
import { type ListPrices, type Prices, pricesOf, type WrittenPrices } from "./rates.js";

export { type NewPriceList, publishPriceList } from "./publishing.js";

/** For each organisation the lists in force for it at a moment: its own, then those above it, the nearest first. */
const listsInForce = async (tx: Tx, organisationIds: readonly string[], at: Date): Promise<Map<string, string[]>> => {
  const rows = await tx.sql<{ for_organisation: string; price_list_id: string }[]>`
    select t.organisation_id as for_organisation, l.id as price_list_id
      from tenancy t
      cross join lateral unnest(string_to_array(trim(both '/' from t.path), '/')::uuid[])
        with ordinality as above(organisation_id, depth)
      join price_list l on l.organisation_id = above.organisation_id
     where t.organisation_id = any(${[...organisationIds]}::uuid[]) and l.published_at is not null
       and l.effective_from <= ${at.toISOString()} and (l.effective_to is null or l.effective_to > ${at.toISOString()})
     order by above.depth desc, (l.currency = ${MAIN_CURRENCY}) desc, l.currency`;
  const lists = new Map<string, string[]>();
  for (const row of rows) {
    const known = lists.get(row.for_organisation);
    if (known) known.push(row.price_list_id);
    else lists.set(row.for_organisation, [row.price_list_id]);
  }
  return lists;
};

/** The lists of `first`'s currency that it may inherit from are all that follow it. */
const chainOf = (first: WrittenPrices, above: readonly WrittenPrices[]): [WrittenPrices, ...WrittenPrices[]] => [
  first,
  ...above.filter(
    ({ list }) => list.currency === first.list.currency && list.organisationId !== first.list.organisationId,
  ),
];

/**
 * What counts for each organisation at a moment: its own list or the nearest above, with inherited rates, and its
 * country's tax. A constant number of statements; organisations without any list are left out.
 */
export const pricesInForce = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, Prices>> => {
  const inForce = await listsInForce(tx, organisationIds, at);
  const written = await readLists(tx, [...inForce.values()].flat());
  const countries = await readSettingOfEach(tx, "billing.country", [...inForce.keys()]);
  const taxes = await taxRatesAt(tx, [...countries.values()], at);
  const prices = new Map<string, Prices>();
  for (const [organisationId, ids] of inForce) {
    const [nearest, ...above] = ids.flatMap((id) => written.get(id) ?? []);
    const tax = taxes.get(countries.get(organisationId) ?? "") ?? null;
    if (nearest) prices.set(organisationId, { ...pricesOf(chainOf(nearest, above)), tax });
  }
  return prices;
};

/**
 * What counts for one organisation at the moments of a stretch of time, from its first to its last, read anew only where
 * some list or tax begins or ends. Null where it has no list.
 */
export const pricesThrough = async (
  tx: Tx,
  organisationId: string,
  from: Date,
  until: Date,
): Promise<(at: Date) => Promise<Prices | null>> => {
  const lists = await tx.db.select({ begin: priceList.effectiveFrom, end: priceList.effectiveTo }).from(priceList);
  const turns = [...lists.flatMap(({ begin, end }) => [begin, end]), ...(await taxTurns(tx))].filter(
    (turn) => turn !== null && turn > from && turn <= until,
  );
  let known: { prices: Prices | null; turnsBefore: number } | null = null;
  return async (at) => {
    const turnsBefore = turns.filter((turn) => turn !== null && turn <= at).length;
    if (known?.turnsBefore !== turnsBefore) {
      const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId) ?? null;
      known = { prices, turnsBefore };
    }
    return known.prices;
  };
};

/** What counts under each of these lists, whether in force or not, with what they inherit at a moment. */
export const pricesUnder = async (
  tx: Tx,
  lists: readonly PriceListRow[],
  at: Date,
): Promise<Map<string, ListPrices>> => {
  const inForce = await listsInForce(tx, [...new Set(lists.map((list) => list.organisationId))], at);
  const written = await readLists(tx, [...lists.map((list) => list.id), ...[...inForce.values()].flat()]);
  const prices = new Map<string, ListPrices>();
  for (const { id, organisationId } of lists) {
    const own = written.get(id);
    const above = (inForce.get(organisationId) ?? []).flatMap((other) => written.get(other) ?? []);
    if (own) prices.set(id, pricesOf(chainOf(own, above)));
  }
  return prices;
};
