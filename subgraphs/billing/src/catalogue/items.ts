import {
  audit,
  ConflictFault,
  homeOrganisation,
  NotFoundFault,
  organisationInScope,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, eq } from "drizzle-orm";
import { onceFor } from "../quotes/quotes.js";
import { type CatalogueItemRow, catalogueItem, catalogueVersion } from "./catalogue.schema.js";
import { changedTerms, type ItemChange, type ItemTerms, type ItemWish, termsOf } from "./rules.js";

/** Items of one organisation that are on sale: a catalogue is looked through, not searched like a library. */
const MOST_ITEMS = 1_000;

export interface NewItem extends ItemWish {
  organisationId: string;
  idempotencyKey: string;
}

const shown = ({ name, description, category, price, currency, version, state }: CatalogueItemRow) => ({
  name,
  description,
  category,
  price,
  currency,
  version,
  state,
});

const record = (tx: Tx, row: CatalogueItemRow, before: CatalogueItemRow | null) =>
  audit(tx, "billing", {
    action: "catalogue:manage",
    resource: "catalogueItem",
    resourceId: row.id,
    organisationId: row.organisationId,
    before: before && shown(before),
    after: { kind: row.kind, interval: row.interval, ...shown(row) },
  });

/** Counts under a lock, so that two at once do not both find room. */
const requireRoom = async (tx: Tx, organisationId: string): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`catalogue of ${organisationId}`}))`;
  const own = and(eq(catalogueItem.organisationId, organisationId), eq(catalogueItem.state, "ACTIVE"));
  if ((await tx.db.$count(catalogueItem, own)) >= MOST_ITEMS) {
    throw new ConflictFault(`A catalogue has at most ${MOST_ITEMS} items on sale; retire one that is not needed.`);
  }
};

const insertItem = async (tx: Tx, organisationId: string, terms: ItemTerms, at: Date, id?: string) => {
  const values = { ...terms, organisationId, createdAt: at, ...(id !== undefined && { id }) };
  const [row] = await tx.db.insert(catalogueItem).values(values).onConflictDoNothing().returning();
  if (!row) return null;
  await tx.db
    .insert(catalogueVersion)
    .values({ organisationId, itemId: row.id, version: 1, price: row.price, effectiveFrom: at });
  return row;
};

/**
 * Puts something on sale for everybody below the organisation.
 * @returns its id; the same again for the same key and input.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault where the catalogue is full.
 */
export const createItem = (tx: Tx, wish: NewItem, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  return onceFor(tx, { organisationId: wish.organisationId, key, operation: "createItem", input }, at, async () => {
    const organisationId = requireId("organisation", wish.organisationId);
    const terms = termsOf(wish);
    requireActive(await organisationInScope(tx, organisationId));
    await requireRoom(tx, organisationId);
    const row = await insertItem(tx, organisationId, terms, at);
    if (!row) throw new Error("insert gave no row");
    await record(tx, row, null);
    return row.id;
  });
};

/** Demo items, known by their ids: those that are there stay as they are. @param since from when their price counts. */
export const seedItems = async (
  tx: Tx,
  items: readonly (ItemWish & { id: string; organisationId: string })[],
  since: Date,
): Promise<void> => {
  for (const item of items) await insertItem(tx, item.organisationId, termsOf(item), since, item.id);
};

/** One of the estate, locked until the transaction ends. @throws NotFoundFault, also for one of an organisation above. */
const lockItem = async (tx: Tx, itemId: string): Promise<CatalogueItemRow> => {
  requireId("catalogueItem", itemId);
  const [row] = await tx.db.select().from(catalogueItem).where(eq(catalogueItem.id, itemId)).for("update");
  if (!row) throw new NotFoundFault("catalogueItem", itemId);
  requireActive(await organisationInScope(tx, row.organisationId));
  return row;
};

/**
 * Changes what is said of an item, or its price: that makes a version, which counts for new orders and from the next
 * renewal on. What was ordered keeps the version that it was priced with.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault for one that is retired.
 */
export const updateItem = (tx: Tx, itemId: string, change: ItemChange, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: itemId, key, operation: "updateItem", input: { itemId, change } }, at, async () => {
    const row = await lockItem(tx, itemId);
    if (row.state === "RETIRED") throw new ConflictFault("This item is retired.", row.id);
    const { name, description, category, price } = changedTerms(row, change);
    const version = price === row.price ? row.version : row.version + 1;
    const values = { name, description, category, price, version };
    const own = eq(catalogueItem.id, row.id);
    const [changed] = await tx.db.update(catalogueItem).set(values).where(own).returning();
    if (!changed) throw new Error("update gave no row");
    if (version !== row.version) {
      const { organisationId } = row;
      await tx.db
        .insert(catalogueVersion)
        .values({ organisationId, itemId: row.id, version, price, effectiveFrom: at });
    }
    await record(tx, changed, row);
    return row.id;
  });

/**
 * Takes an item off sale; running service subscriptions go on.
 * @throws NotFoundFault, ForbiddenFault, ConflictFault for one that is retired already.
 */
export const retireItem = async (tx: Tx, itemId: string): Promise<string> => {
  const row = await lockItem(tx, itemId);
  if (row.state === "RETIRED") throw new ConflictFault("This item is retired already.", row.id);
  const own = eq(catalogueItem.id, row.id);
  const [retired] = await tx.db.update(catalogueItem).set({ state: "RETIRED" }).where(own).returning();
  if (!retired) throw new Error("update gave no row");
  await record(tx, retired, row);
  return row.id;
};

/** Who sells when nobody is named. */
export const sellerOf = (tx: Tx, given: string | null | undefined): string => given ?? homeOrganisation(tx.caller);
