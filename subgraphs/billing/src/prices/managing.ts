import {
  audit,
  ConflictFault,
  type Currency,
  ForbiddenFault,
  homeOrganisation,
  InvalidInputFault,
  newEventId,
  organisationInScope,
  requireActive,
  requireId,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { and, count, eq, isNull } from "drizzle-orm";
import { beginningOf } from "../beginning.js";
import { onceFor } from "../quotes/quotes.js";
import { Refusals } from "../refusals.js";
import { requireAllPriced, unpricedUse } from "./in-use.js";
import { checkAdjustment, type RateWish, ratesOf, type TierWish, tiersOf } from "./list-rules.js";
import { isTop, lockLists, priceListById, readLists } from "./lists.js";
import { type PriceListRow, priceList } from "./price.schema.js";
import { type ListContent, putInForce, type WrittenRate, writeDraft, writeRates, writeTiers } from "./publishing.js";
import type { WrittenPrices } from "./rates.js";

export interface DraftWish {
  /** Who is to pay by it; the caller's organisation when left out. */
  organisationId: string | null;
  name: string;
  currency: Currency;
  /** A list whose rates and tiers it starts from; those given come in place of the same ones. */
  copyOf: string | null;
  markupBasisPoints: number;
  tierAdjustmentBasisPoints: number;
  rates: readonly RateWish[] | null;
  volumeTiers: readonly TierWish[] | null;
  idempotencyKey: string;
}

/** Drafts of one organisation and currency; there is no end of making them otherwise. */
const MOST_DRAFTS = 100;

/**
 * Nobody sets what he pays himself; only the operator, with nobody above, writes its own list.
 * @throws NotFoundFault; ForbiddenFault NOT_BELOW, or of an organisation whose state forbids it.
 */
const requireManaged = async (tx: Tx, organisationId: string): Promise<void> => {
  const organisation = await organisationInScope(tx, requireId("organisation", organisationId));
  const { organisationId: own } = requireUser(tx.caller);
  if (own === organisation.organisationId && !(await isTop(tx, own))) {
    throw new ForbiddenFault("What an organisation pays is set by one above it.", "NOT_BELOW", "price:manage");
  }
  // Those below may be suspended and still get prices; who is suspended himself may only read and pay.
  requireActive(await organisationInScope(tx, homeOrganisation(tx.caller)));
  if (organisation.status === "CLOSED") requireActive(organisation);
};

/** The list, locked until the transaction ends, where the caller may change it. @throws NotFoundFault, ForbiddenFault. */
const lockManaged = async (tx: Tx, id: string): Promise<PriceListRow> => {
  const { organisationId, currency } = await priceListById(tx, requireId("priceList", id));
  await requireManaged(tx, organisationId);
  await lockLists(tx, organisationId, currency);
  return priceListById(tx, id); // as whoever held the lock before has left it
};

const requireDraft = ({ id, publishedAt }: PriceListRow): void => {
  if (publishedAt === null) return;
  throw new ConflictFault("A published list does not change; make another one that follows it.", id);
};

const record = (tx: Tx, { id: resourceId, organisationId }: PriceListRow, before: unknown, after: unknown) => {
  const details = { resource: "priceList", resourceId, organisationId, before, after };
  return audit(tx, "billing", { action: "price:manage", ...details });
};

const keyOf = ({ resource, code = "" }: WrittenRate): string => `${resource} ${code}`;

/** What a list begins with: that of another one. @throws NotFoundFault, InvalidInputFault for another currency. */
const copied = async (
  tx: Tx,
  { copyOf, currency }: Pick<DraftWish, "copyOf" | "currency">,
): Promise<Pick<ListContent, "rates" | "volumeTiers">> => {
  if (copyOf === null) return { rates: [], volumeTiers: [] };
  const { id } = await priceListById(tx, requireId("priceList", copyOf));
  const found = (await readLists(tx, [id])).get(id);
  if (!found) throw new Error("a list that was found is gone");
  if (found.list.currency !== currency) {
    throw InvalidInputFault.of("copyOf", "OTHER_CURRENCY", `That list is in ${found.list.currency}.`);
  }
  const rates = found.rates.map(({ resource, code, minorUnits, perHours }) => ({
    resource,
    code,
    minorUnits,
    perHours,
  }));
  const volumeTiers = found.volumeTiers.map(({ fromMinorUnits, discountBasisPoints }) => {
    return { fromMinorUnits, discountBasisPoints };
  });
  return { rates, volumeTiers };
};

const requireRoom = async (tx: Tx, organisationId: string, currency: Currency): Promise<void> => {
  const drafts = and(
    eq(priceList.organisationId, organisationId),
    eq(priceList.currency, currency),
    isNull(priceList.publishedAt),
  );
  const [row] = await tx.db.select({ drafts: count() }).from(priceList).where(drafts);
  if ((row?.drafts ?? 0) < MOST_DRAFTS) return;
  throw new ConflictFault(`There are ${MOST_DRAFTS} drafts already: change or publish one of them.`);
};

/**
 * A draft of what an organisation below will pay. @returns its id; the same again for the same key and input.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault.
 */
export const createPriceList = (tx: Tx, wish: DraftWish, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  return onceFor(tx, { key, operation: "createPriceList", input }, at, async () => {
    const organisationId = wish.organisationId ?? homeOrganisation(tx.caller);
    const begun = await copied(tx, wish);
    await requireManaged(tx, organisationId);
    const { currency, markupBasisPoints, tierAdjustmentBasisPoints } = wish;
    const refusals = new Refusals();
    const name = refusals.name(wish.name);
    const rates = ratesOf(refusals, wish.rates ?? [], currency);
    const tiers = wish.volumeTiers && tiersOf(refusals, wish.volumeTiers, currency);
    checkAdjustment(refusals, markupBasisPoints, "markupBasisPoints");
    checkAdjustment(refusals, tierAdjustmentBasisPoints, "tierAdjustmentBasisPoints");
    refusals.settle();
    const given = new Set(rates.map(keyOf));
    await lockLists(tx, organisationId, currency);
    await requireRoom(tx, organisationId, currency);
    const content = {
      name,
      markupBasisPoints,
      tierAdjustmentBasisPoints,
      rates: [...begun.rates.filter((one) => !given.has(keyOf(one))), ...rates],
      volumeTiers: tiers ?? begun.volumeTiers,
    };
    const row = await writeDraft(tx, { id: newEventId(at.getTime()), organisationId, currency, ...content });
    await record(tx, row, null, { currency, version: row.version, ...content });
    return row.id;
  });
};

export interface ListChange {
  priceListId: string;
  /** What is left out, or null, stays as it is; lists come wholly in place of those there are. */
  name: string | null;
  markupBasisPoints: number | null;
  tierAdjustmentBasisPoints: number | null;
  rates: readonly RateWish[] | null;
  volumeTiers: readonly TierWish[] | null;
}

const contentOf = ({ list, rates, volumeTiers }: WrittenPrices): ListContent => {
  const { name, markupBasisPoints, tierAdjustmentBasisPoints } = list;
  return {
    name,
    markupBasisPoints,
    tierAdjustmentBasisPoints,
    rates: rates.map(({ resource, code, minorUnits, perHours }) => ({ resource, code, minorUnits, perHours })),
    volumeTiers: volumeTiers.map(({ fromMinorUnits, discountBasisPoints }) => ({
      fromMinorUnits,
      discountBasisPoints,
    })),
  };
};

/**
 * Changes a draft. @returns its id.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault; ConflictFault for a list that was published.
 */
export const updatePriceList = async (tx: Tx, wish: ListChange): Promise<string> => {
  const row = await lockManaged(tx, wish.priceListId);
  requireDraft(row);
  const written = (await readLists(tx, [row.id])).get(row.id);
  if (!written) throw new Error("a list that was found is gone");
  const before = contentOf(written);
  const refusals = new Refusals();
  const after: ListContent = {
    name: wish.name === null ? before.name : refusals.name(wish.name),
    markupBasisPoints: wish.markupBasisPoints ?? before.markupBasisPoints,
    tierAdjustmentBasisPoints: wish.tierAdjustmentBasisPoints ?? before.tierAdjustmentBasisPoints,
    rates: wish.rates ? ratesOf(refusals, wish.rates, row.currency) : before.rates,
    volumeTiers: wish.volumeTiers ? tiersOf(refusals, wish.volumeTiers, row.currency) : before.volumeTiers,
  };
  checkAdjustment(refusals, after.markupBasisPoints, "markupBasisPoints");
  checkAdjustment(refusals, after.tierAdjustmentBasisPoints, "tierAdjustmentBasisPoints");
  refusals.settle();
  const { name, markupBasisPoints, tierAdjustmentBasisPoints } = after;
  const values = { name, markupBasisPoints, tierAdjustmentBasisPoints };
  await tx.db.update(priceList).set(values).where(eq(priceList.id, row.id));
  if (wish.rates) await writeRates(tx, row, after.rates);
  if (wish.volumeTiers) await writeTiers(tx, row, after.volumeTiers);
  await record(tx, row, before, after);
  return row.id;
};

export interface Publication {
  priceListId: string;
  /** Now or later. */
  effectiveFrom: Date;
  idempotencyKey: string;
}

/**
 * Puts a draft into force from a date on; the list before it ends then. @returns its id.
 * @throws NotFoundFault, ForbiddenFault; InvalidInputFault for the past, or where a machine would become free of charge;
 *   ConflictFault for a list that was published, or where one from then on, or later, is.
 */
export const publishDraft = (tx: Tx, wish: Publication, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  return onceFor(tx, { key, operation: "publishPriceList", input }, at, async () => {
    const row = await lockManaged(tx, wish.priceListId);
    requireDraft(row);
    const effectiveFrom = beginningOf("effectiveFrom", wish.effectiveFrom, at);
    const before = await unpricedUse(tx, row.organisationId, effectiveFrom);
    await putInForce(tx, row, effectiveFrom, at);
    requireAllPriced(before, await unpricedUse(tx, row.organisationId, effectiveFrom));
    await record(tx, row, { state: "DRAFT" }, { state: "PUBLISHED", effectiveFrom });
    return row.id;
  });
};
