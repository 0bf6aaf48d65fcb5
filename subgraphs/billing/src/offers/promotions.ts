import {
  audit,
  ConflictFault,
  homeOrganisation,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  organisationInScope,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, inArray } from "drizzle-orm";
import { MOST_PROMOTION } from "../prices/adjustments.js";
import { onceFor } from "../quotes/quotes.js";
import { Refusals } from "../refusals.js";
import { endOf, inOfferStates, issuerOf, type OfferPeriod, type OfferState, offerStateAt, periodOf } from "./offers.js";
import { type PromotionRow, promotion } from "./promotion.schema.js";

export interface NewPromotion extends OfferPeriod {
  /** Who makes it, for all below; the caller's organisation when left out. */
  organisationId: string | null;
  name: string;
  basisPoints: number;
  idempotencyKey: string;
}

const record = (tx: Tx, row: PromotionRow, before: unknown, after: unknown) => {
  const { id: resourceId, organisationId } = row;
  const details = { resource: "promotion", resourceId, organisationId, before, after };
  return audit(tx, "billing", { action: "promotion:manage", ...details });
};

/**
 * A discount for all below an organisation. @returns its id; the same again for the same key and input.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault.
 */
export const createPromotion = (tx: Tx, wish: NewPromotion, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  return onceFor(tx, { key, operation: "createPromotion", input }, at, async () => {
    const organisationId = await issuerOf(tx, wish.organisationId);
    const refusals = new Refusals();
    const name = refusals.name(wish.name);
    const { basisPoints } = wish;
    refusals.share(basisPoints, "basisPoints", 1, MOST_PROMOTION);
    refusals.settle();
    const period = periodOf(wish, at);
    const values = { organisationId, name, basisPoints, ...period, createdAt: at };
    const [row] = await tx.db.insert(promotion).values(values).returning();
    if (!row) throw new Error("insert gave no row");
    await record(tx, row, null, { name, basisPoints, ...period });
    return row.id;
  });
};

/** From now on it counts no more. @throws NotFoundFault; ConflictFault for one that has ended. */
export const endPromotion = async (tx: Tx, id: string, at: Date): Promise<string> => {
  const own = eq(promotion.id, requireId("promotion", id));
  const [row] = await tx.db.select().from(promotion).where(own).for("update");
  if (!row) throw new NotFoundFault("promotion", id);
  if (offerStateAt(row, at) === "ENDED") throw new ConflictFault("This promotion has ended already.", row.id);
  const endsAt = endOf(row, at);
  await tx.db.update(promotion).set({ endsAt }).where(own);
  await record(tx, row, { endsAt: row.endsAt }, { endsAt });
  return row.id;
};

const MOST_LISTED = 500;

/** Those that organisations of a branch make, the newest first. @throws NotFoundFault. */
export const listPromotions = async (
  tx: Tx,
  given: string | null,
  states: readonly OfferState[] | null,
  at: Date,
): Promise<PromotionRow[]> => {
  const { organisationId } = await organisationInScope(
    tx,
    requireId("organisation", given ?? homeOrganisation(tx.caller)),
  );
  return tx.db
    .select()
    .from(promotion)
    .where(
      and(
        inScope(tx, promotion.organisationId),
        inBranch(promotion.organisationId, organisationId),
        states ? inOfferStates(promotion, states, at) : undefined,
      ),
    )
    .orderBy(desc(promotion.startsAt), desc(promotion.id))
    .limit(MOST_LISTED);
};

/** By id: those of the estate and of organisations above it. */
export const promotionsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, PromotionRow>> => {
  const rows = await tx.db
    .select()
    .from(promotion)
    .where(inArray(promotion.id, ids.filter(isId)));
  return new Map(rows.map((row) => [row.id, row]));
};
