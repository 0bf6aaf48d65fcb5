import { ConflictFault, type Currency, type Tx } from "@tollgate/kit";
import { and, asc, eq, isNotNull, isNull, max, ne } from "drizzle-orm";
import { lockLists } from "./lists.js";
import { type PricedResource, type PriceListRow, priceList, rate, volumeTier } from "./price.schema.js";

/** A rate as it is written: `minorUnits` for one unit and `perHours` hours. */
export interface WrittenRate {
  resource: PricedResource;
  /** Of EXTRA_SERVICE and LICENCE: which; else empty. */
  code?: string;
  minorUnits: bigint;
  perHours: number;
}

export interface WrittenTier {
  fromMinorUnits: bigint;
  discountBasisPoints: number;
}

/** What can change as long as a list is a draft. */
export interface ListContent {
  name: string;
  markupBasisPoints: number;
  tierAdjustmentBasisPoints: number;
  rates: readonly WrittenRate[];
  volumeTiers: readonly WrittenTier[];
}

export interface NewPriceList extends ListContent {
  /** Given by the caller: publishing the same list again does nothing. */
  id: string;
  organisationId: string;
  currency: Currency;
  effectiveFrom: Date;
}

const ofBooks = ({ organisationId, currency }: Pick<NewPriceList, "organisationId" | "currency">) =>
  and(eq(priceList.organisationId, organisationId), eq(priceList.currency, currency));

/** Writes rates, or in place of those there are. */
export const writeRates = async (
  tx: Tx,
  { id: priceListId, organisationId }: Pick<PriceListRow, "id" | "organisationId">,
  rates: readonly WrittenRate[],
): Promise<void> => {
  await tx.db.delete(rate).where(eq(rate.priceListId, priceListId));
  if (rates.length === 0) return;
  await tx.db.insert(rate).values(rates.map((row) => ({ ...row, organisationId, priceListId })));
};

/** Writes the tiers of the discount for volume, or in place of those there are. */
export const writeTiers = async (
  tx: Tx,
  { id: priceListId, organisationId }: Pick<PriceListRow, "id" | "organisationId">,
  tiers: readonly WrittenTier[],
): Promise<void> => {
  await tx.db.delete(volumeTier).where(eq(volumeTier.priceListId, priceListId));
  if (tiers.length === 0) return;
  await tx.db.insert(volumeTier).values(tiers.map((row) => ({ ...row, organisationId, priceListId })));
};

/** A list that counts for nobody yet, under the next number; `lockLists` comes before. */
export const writeDraft = async (
  tx: Tx,
  { rates, volumeTiers, ...wanted }: Omit<NewPriceList, "effectiveFrom">,
): Promise<PriceListRow> => {
  const [newest] = await tx.db
    .select({ version: max(priceList.version) })
    .from(priceList)
    .where(ofBooks(wanted));
  const { id, organisationId, currency, name, markupBasisPoints, tierAdjustmentBasisPoints } = wanted;
  const version = (newest?.version ?? 0) + 1;
  const values = { id, organisationId, currency, name, version, markupBasisPoints, tierAdjustmentBasisPoints };
  const [row] = await tx.db.insert(priceList).values(values).returning();
  if (!row) throw new Error("insert gave no row");
  await writeRates(tx, row, rates);
  await writeTiers(tx, row, volumeTiers);
  return row;
};

/**
 * Puts a draft into force from a date on, in place of the organisation's last list in that currency; `lockLists` comes
 * before. @throws ConflictFault when a list is in force from the same date on or a later one.
 */
export const putInForce = async (tx: Tx, draft: PriceListRow, effectiveFrom: Date, at: Date): Promise<void> => {
  const published = and(ofBooks(draft), isNotNull(priceList.publishedAt));
  const before = await tx.db.select().from(priceList).where(published).orderBy(asc(priceList.effectiveFrom));
  const later = before.find((row) => row.effectiveFrom !== null && row.effectiveFrom >= effectiveFrom);
  if (later) {
    throw new ConflictFault("A price list from this date on, or a later one, is published already.", later.id);
  }
  await tx.db
    .update(priceList)
    .set({ effectiveTo: effectiveFrom })
    .where(and(published, isNull(priceList.effectiveTo), ne(priceList.id, draft.id)));
  await tx.db.update(priceList).set({ publishedAt: at, effectiveFrom }).where(eq(priceList.id, draft.id));
};

/**
 * Writes a list and puts it into force from its date on, past dates as well; again does nothing.
 * @throws ConflictFault when a list is in force from the same date on or a later one.
 */
export const publishPriceList = async (tx: Tx, list: NewPriceList, at: Date): Promise<void> => {
  await lockLists(tx, list.organisationId, list.currency);
  const [known] = await tx.db.select({ id: priceList.id }).from(priceList).where(eq(priceList.id, list.id));
  if (known) return;
  await putInForce(tx, await writeDraft(tx, list), list.effectiveFrom, at);
};
