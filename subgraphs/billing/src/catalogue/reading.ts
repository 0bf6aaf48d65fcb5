import {
  type Connection,
  connectionOf,
  containing,
  decodeCursor,
  InvalidInputFault,
  isId,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, asc, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { type CatalogueItemRow, catalogueItem, type ItemKind, type ItemState } from "./catalogue.schema.js";

export interface CatalogueFilter {
  /** Whose catalogue: what it may buy and what it sells; the caller's own organisation when left out. */
  organisationId: string;
  sellerId?: string | null;
  kind?: ItemKind | null;
  state?: readonly ItemState[] | null;
  category?: string | null;
  search?: string | null;
}

const LONGEST_SEARCH = 100;

/** An organisation of the estate and those above it, whose items are its catalogue; itself is the last. */
export const sellersFor = async (tx: Tx, organisationId: string): Promise<string[]> => {
  requireId("organisation", organisationId);
  const { path } = await organisationInScope(tx, organisationId);
  return path.split("/").filter((part) => part !== "");
};

/** Those whose items an organisation may buy: nobody buys from itself. */
export const sellersAbove = async (tx: Tx, organisationId: string): Promise<string[]> =>
  (await sellersFor(tx, organisationId)).filter((seller) => seller !== organisationId);

const searched = (search: string | null | undefined): SQL | undefined => {
  const text = search?.trim().slice(0, LONGEST_SEARCH) ?? "";
  if (text === "") return undefined;
  const pattern = containing(text);
  const { name, description, category } = catalogueItem;
  return or(...[name, description, category].map((column) => sql`${column} ilike ${pattern}`));
};

/**
 * The sellers are the query's scope: a few organisations with a bounded number of items each, found by the index on
 * them. The text is looked for among those alone, so that no index of texts is needed, which policies would not let work.
 */
const conditionOf = async (tx: Tx, filter: CatalogueFilter): Promise<SQL | undefined> => {
  const { organisationId, sellerId, kind, state, category, search } = filter;
  const sellers = await sellersFor(tx, organisationId);
  const wanted = sellerId ? sellers.filter((seller) => seller === sellerId) : sellers;
  return and(
    inArray(catalogueItem.organisationId, wanted),
    kind ? eq(catalogueItem.kind, kind) : undefined,
    state ? inArray(catalogueItem.state, [...state]) : undefined,
    category ? eq(catalogueItem.category, category) : undefined,
    searched(search),
  );
};

const LOWER_NAME = sql<string>`lower(${catalogueItem.name})`;

const positionOf = (after: string | null | undefined): SQL | undefined => {
  const key = decodeCursor(after, 2);
  if (!key) return undefined;
  const [name, id] = key;
  if (typeof name !== "string" || typeof id !== "string" || !isId(id)) {
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
  }
  return sql`(${LOWER_NAME}, ${catalogueItem.id}) > (lower(${name}), ${id}::uuid)`;
};

/** The items of a catalogue by name. */
export const listItems = async (
  tx: Tx,
  page: PageArguments,
  filter: CatalogueFilter,
  count: () => Promise<number>,
): Promise<Connection<CatalogueItemRow>> => {
  const position = positionOf(page.after);
  const rows = await tx.db
    .select()
    .from(catalogueItem)
    .where(and(await conditionOf(tx, filter), position))
    .orderBy(asc(LOWER_NAME), asc(catalogueItem.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.name, row.id], count);
};

export const countItems = async (tx: Tx, filter: CatalogueFilter): Promise<number> =>
  tx.db.$count(catalogueItem, await conditionOf(tx, filter));

export interface CategoryCount {
  /** Null: those without one. */
  name: string | null;
  items: number;
}

const MOST_CATEGORIES = 200;

/** The categories of what is on sale, those without one last. */
export const categoriesOf = async (tx: Tx, organisationId: string): Promise<CategoryCount[]> => {
  const sellers = await sellersFor(tx, organisationId);
  return tx.db
    .select({ name: catalogueItem.category, items: sql<number>`count(*)::int` })
    .from(catalogueItem)
    .where(and(inArray(catalogueItem.organisationId, sellers), eq(catalogueItem.state, "ACTIVE")))
    .groupBy(catalogueItem.category)
    .orderBy(sql`${catalogueItem.category} asc nulls last`)
    .limit(MOST_CATEGORIES);
};

/** By id; those neither of the estate nor of an organisation above are left out. */
export const itemsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, CatalogueItemRow>> => {
  const wanted = [...new Set(ids.filter(isId))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db.select().from(catalogueItem).where(inArray(catalogueItem.id, wanted));
  return new Map(rows.map((row) => [row.id, row]));
};
