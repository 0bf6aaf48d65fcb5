import { type Currency, readSettingOfEach, type Tx } from "@tollgate/kit";
import { and, asc, gt, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { MAIN_CURRENCY } from "../currency.js";
import { taxRatesAt, taxTurns } from "../tax/tax.js";
import type { TaxRateRow } from "../tax/tax.schema.js";

import { withContent } from "./lists.js";
import { type PriceListRow, priceList } from "./price.schema.js";
import { type ListPrices, type Prices, pricesOf, type WrittenPrices } from "./rates.js";

export { type NewPriceList, publishPriceList } from "./publishing.js";

/** For each organisation the lists in force for it at a moment: its own, then those above it, the nearest first. */
const listsInForce = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, PriceListRow[]>> => {
  const above = sql`(
    select t.organisation_id as for_organisation, a.organisation_id, a.depth
      from tenancy t
      cross join lateral unnest(string_to_array(trim(both '/' from t.path), '/')::uuid[])
        with ordinality as a(organisation_id, depth)
     where t.organisation_id = any(${sql.param([...organisationIds])}::uuid[])) above`;
  const rows = await tx.db
    .select({ forOrganisation: sql<string>`above.for_organisation`, list: priceList })
    .from(priceList)
    .innerJoin(above, sql`above.organisation_id = ${priceList.organisationId}`)
    .where(
      and(
        isNotNull(priceList.publishedAt),
        lte(priceList.effectiveFrom, at),
        or(isNull(priceList.effectiveTo), gt(priceList.effectiveTo, at)),
      ),
    )
    .orderBy(sql`above.depth desc`, sql`${priceList.currency} <> ${MAIN_CURRENCY}`, asc(priceList.currency));
  return new Map(
    [...Map.groupBy(rows, ({ forOrganisation }) => forOrganisation)].map(([id, own]) => [
      id,
      own.map(({ list }) => list),
    ]),
  );
};

/** The currency that each organisation's use is charged in at a moment, in one statement; without a list there is none. */
export const currenciesInForce = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, Currency>> => {
  const lists = await listsInForce(tx, [...new Set(organisationIds)], at);
  return new Map([...lists].flatMap(([id, [nearest]]) => (nearest ? [[id, nearest.currency] as const] : [])));
};

/** The tax of each organisation's country at a moment, where one is raised. */
const taxesOf = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<(organisationId: string) => TaxRateRow | null> => {
  const taxes = await taxRatesAt(tx, at);
  if (taxes.size === 0) return () => null;
  const countries = await readSettingOfEach(tx, "billing.country", organisationIds);
  return (organisationId) => taxes.get(countries.get(organisationId) ?? "") ?? null;
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
  const written = await withContent(tx, [...inForce.values()].flat());
  const taxOf = await taxesOf(tx, [...inForce.keys()], at);
  const prices = new Map<string, Prices>();
  for (const [organisationId, lists] of inForce) {
    const [nearest, ...above] = lists.flatMap(({ id }) => written.get(id) ?? []);
    if (nearest) prices.set(organisationId, { ...pricesOf(chainOf(nearest, above)), tax: taxOf(organisationId) });
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
  const written = await withContent(tx, [...lists, ...[...inForce.values()].flat()]);
  const prices = new Map<string, ListPrices>();
  for (const { id, organisationId } of lists) {
    const own = written.get(id);
    const above = (inForce.get(organisationId) ?? []).flatMap((other) => written.get(other.id) ?? []);
    if (own) prices.set(id, pricesOf(chainOf(own, above)));
  }
  return prices;
};
