import { type Currency, inBranch, inScope, NotFoundFault, type Tx } from "@tollgate/kit";
import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { type PriceListRow, priceList, rate, volumeTier } from "./price.schema.js";
import type { WrittenPrices } from "./rates.js";

export type PriceListState = "DRAFT" | "PUBLISHED" | "SUPERSEDED";

/** State at a moment: a list is superseded once its successor has taken over. */
export const stateAt = (list: PriceListRow, at: Date): PriceListState => {
  if (list.publishedAt === null) return "DRAFT";
  return list.effectiveTo !== null && list.effectiveTo <= at ? "SUPERSEDED" : "PUBLISHED";
};

/** Lists of one organisation in one currency are numbered and follow one another: one change of them at a time. */
export const lockLists = async (tx: Tx, organisationId: string, currency: Currency): Promise<void> => {
  const name = `price lists of ${organisationId} in ${currency}`;
  await tx.sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
};

/** Whether nobody is above the organisation: it writes its own list. */
export const isTop = async (tx: Tx, organisationId: string): Promise<boolean> => {
  const [row] = await tx.sql<{ parent_id: string | null }[]>`
    select parent_id from tenancy where organisation_id = ${organisationId}`;
  return row?.parent_id === null;
};

/**
 * Organisations whose drafts are nothing for the caller: what one will pay is written by somebody above, and not told
 * before it is published.
 */
const withoutDrafts = async (tx: Tx): Promise<string | null> => {
  if (tx.caller.kind !== "USER") return null;
  const { organisationId } = tx.caller;
  return (await isTop(tx, organisationId)) ? null : organisationId;
};

const MOST_LISTED = 1_000;

/** Lists of an organisation and all below it, its own first, each one's newest first; drafts and old ones as well. */
export const priceListsBelow = async (tx: Tx, organisationId: string): Promise<PriceListRow[]> => {
  const closed = await withoutDrafts(tx);
  return tx.db
    .select()
    .from(priceList)
    .where(
      and(
        inScope(tx, priceList.organisationId),
        inBranch(priceList.organisationId, organisationId),
        closed === null
          ? undefined
          : sql`(${priceList.publishedAt} is not null or ${priceList.organisationId} <> ${closed})`,
      ),
    )
    .orderBy(
      sql`${priceList.organisationId} <> ${organisationId}`,
      asc(priceList.organisationId),
      asc(priceList.currency),
      desc(priceList.version),
    )
    .limit(MOST_LISTED);
};

/**
 * @throws NotFoundFault for a list that is neither of the estate nor of an organisation above, and for a draft that the
 *   caller's organisation is to pay by.
 */
export const priceListById = async (tx: Tx, id: string): Promise<PriceListRow> => {
  const [row] = await tx.db.select().from(priceList).where(eq(priceList.id, id));
  if (!row) throw new NotFoundFault("priceList", id);
  if (row.publishedAt !== null || tx.caller.kind !== "USER") return row;
  const [below] = await tx.db
    .select({ id: priceList.id })
    .from(priceList)
    .where(and(eq(priceList.id, id), inBranch(priceList.organisationId, row.organisationId)));
  if (!below || (await withoutDrafts(tx)) === row.organisationId) throw new NotFoundFault("priceList", id);
  return row;
};

/** By id; those neither of the estate nor of organisations above are left out. */
export const priceListRows = async (tx: Tx, ids: readonly string[]): Promise<Map<string, PriceListRow>> => {
  const rows = await tx.db
    .select()
    .from(priceList)
    .where(inArray(priceList.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
};

const group = <Row extends { priceListId: string }>(rows: readonly Row[]): Map<string, Row[]> =>
  Map.groupBy(rows, (row) => row.priceListId);

/** Lists with what was written in them, by id. */
export const withContent = async (tx: Tx, lists: readonly PriceListRow[]): Promise<Map<string, WrittenPrices>> => {
  if (lists.length === 0) return new Map();
  const wanted = [...new Set(lists.map(({ id }) => id))];
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

/** The same by their ids. */
export const readLists = async (tx: Tx, ids: readonly string[]): Promise<Map<string, WrittenPrices>> =>
  withContent(tx, [...(await priceListRows(tx, [...new Set(ids)])).values()]);
