import { ConflictFault, type Currency, inBranch, NotFoundFault, readSettingOfEach, type Tx } from "@tollgate/kit";
import { and, asc, desc, eq, inArray, isNotNull, isNull, max, ne } from "drizzle-orm";
import { MAIN_CURRENCY } from "../currency.js";
import { taxRatesAt, taxTurns } from "../tax/tax.js";
import { type PricedResource, type PriceListRow, priceList, rate, volumeTier } from "./price.schema.js";
import { type ListPrices, type Prices, pricesOf, type WrittenPrices } from "./rates.js";

export type PriceListState = "DRAFT" | "PUBLISHED" | "SUPERSEDED";

/** State at a moment: a list is superseded once its successor has taken over. */
export const stateAt = (list: PriceListRow, at: Date): PriceListState => {
  if (list.publishedAt === null) return "DRAFT";
  return list.effectiveTo !== null && list.effectiveTo <= at ? "SUPERSEDED" : "PUBLISHED";
};

export interface NewPriceList {
  /** Given by the caller: publishing the same list again does nothing. */
  id: string;
  organisationId: string;
  name: string;
  currency: Currency;
  markupBasisPoints: number;
  tierAdjustmentBasisPoints: number;
  effectiveFrom: Date;
  rates: readonly { resource: PricedResource; code?: string; minorUnits: bigint; perHours: number }[];
  volumeTiers: readonly { fromMinorUnits: bigint; discountBasisPoints: number }[];
}

/**
 * Puts a list into force from its date on, in place of the organisation's present one in that currency.
 * @throws ConflictFault when a list is in force from the same date on or a later one.
 */
export const publishPriceList = async (tx: Tx, list: NewPriceList, at: Date): Promise<void> => {
  const { rates, volumeTiers, ...written } = list;
  const { id: priceListId, organisationId, currency, effectiveFrom } = list;
  const ofSameBooks = and(eq(priceList.organisationId, organisationId), eq(priceList.currency, currency));
  const present = await tx.db.select().from(priceList).where(ofSameBooks).for("update");
  if (present.some((row) => row.id === priceListId)) return;
  if (present.some((row) => row.publishedAt && row.effectiveFrom && row.effectiveFrom >= effectiveFrom)) {
    throw new ConflictFault("A price list from this date on, or a later one, is published already.");
  }
  await tx.db
    .update(priceList)
    .set({ effectiveTo: effectiveFrom })
    .where(
      and(ofSameBooks, isNotNull(priceList.publishedAt), isNull(priceList.effectiveTo), ne(priceList.id, priceListId)),
    );
  const [newest] = await tx.db
    .select({ version: max(priceList.version) })
    .from(priceList)
    .where(ofSameBooks);
  const version = (newest?.version ?? 0) + 1;
  await tx.db.insert(priceList).values({ ...written, version, publishedAt: at });
  const owner = { organisationId, priceListId };
  if (rates.length > 0) await tx.db.insert(rate).values(rates.map((row) => ({ ...row, ...owner })));
  if (volumeTiers.length > 0) await tx.db.insert(volumeTier).values(volumeTiers.map((row) => ({ ...row, ...owner })));
};

/** Lists of an organisation and all below it, each one's newest first; drafts and old ones as well. */
export const priceListsBelow = async (tx: Tx, organisationId: string): Promise<PriceListRow[]> =>
  await tx.db
    .select()
    .from(priceList)
    .where(inBranch(priceList.organisationId, organisationId))
    .orderBy(asc(priceList.organisationId), asc(priceList.currency), desc(priceList.version));

/** @throws NotFoundFault for a list that is neither of the estate nor of an organisation above. */
export const priceListById = async (tx: Tx, id: string): Promise<PriceListRow> => {
  const [row] = await tx.db.select().from(priceList).where(eq(priceList.id, id));
  if (!row) throw new NotFoundFault("priceList", id);
  return row;
};

const group = <Row extends { priceListId: string }>(rows: readonly Row[]): Map<string, Row[]> =>
  Map.groupBy(rows, (row) => row.priceListId);

/** Lists with what was written in them, by id. */
const readLists = async (tx: Tx, ids: readonly string[]): Promise<Map<string, WrittenPrices>> => {
  if (ids.length === 0) return new Map();
  const wanted = [...new Set(ids)];
  const lists = await tx.db.select().from(priceList).where(inArray(priceList.id, wanted));
  const rates = group(
    await tx.db
      .select()
      .from(rate)
      .where(inArray(rate.priceListId, wanted))
      .orderBy(asc(rate.resource), asc(rate.code)),
  );
  const tiers = group(
    await tx.db
      .select()
      .from(volumeTier)
      .where(inArray(volumeTier.priceListId, wanted))
      .orderBy(asc(volumeTier.fromMinorUnits)),
  );
  return new Map(
    lists.map((list) => [list.id, { list, rates: rates.get(list.id) ?? [], volumeTiers: tiers.get(list.id) ?? [] }]),
  );
};

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
