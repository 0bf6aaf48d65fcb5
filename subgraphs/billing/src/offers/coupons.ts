import {
  audit,
  ConflictFault,
  type Connection,
  connectionOf,
  homeOrganisation,
  inBranch,
  inScope,
  isId,
  type Money,
  NotFoundFault,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import { LARGEST_AMOUNT } from "../ledger/ledger.js";
import { onceFor } from "../quotes/quotes.js";
import { Refusals } from "../refusals.js";
import { type CouponRow, type CouponUse, coupon } from "./coupon.schema.js";
import { endOf, inOfferStates, issuerOf, type OfferPeriod, type OfferState, offerStateAt, periodOf } from "./offers.js";
import { codeOf } from "./redeeming.js";

export interface NewCoupon extends OfferPeriod {
  /** Who makes it, for all below; the caller's organisation when left out. */
  organisationId: string | null;
  code: string;
  uses: readonly CouponUse[];
  /** Exactly one of these two. */
  basisPoints: number | null;
  amount: Money | null;
  minimum: Money | null;
  maxRedemptions: number | null;
  maxPerOrganisation: number | null;
  idempotencyKey: string;
}

const CODE = /^[A-Z0-9][A-Z0-9_-]{2,39}$/;
const MOST_USES = 1_000_000;

const checkMoney = (refusals: Refusals, money: Money | null, path: string): void => {
  const isFine = money === null || (money.minorUnits >= 1n && money.minorUnits <= LARGEST_AMOUNT);
  refusals.check(isFine, `${path}.minorUnits`, "OUT_OF_RANGE", "An amount is positive and not absurd.");
};

const requireSound = (wish: NewCoupon, code: string): void => {
  const { uses, basisPoints, amount, minimum, maxRedemptions, maxPerOrganisation } = wish;
  const refusals = new Refusals();
  refusals.check(CODE.test(code), "code", "MALFORMED", "A code has 3 to 40 letters, digits and dashes.");
  refusals.check(uses.length > 0, "uses", "REQUIRED", "Say what it is good for.");
  refusals.check(new Set(uses).size === uses.length, "uses", "DUPLICATE", "Each use only once.");
  const isOne = (basisPoints === null) !== (amount === null);
  refusals.check(isOne, "basisPoints", "EXACTLY_ONE", "Give either a percentage or an amount.");
  refusals.share(basisPoints, "basisPoints", 1, 10_000);
  checkMoney(refusals, amount, "amount");
  checkMoney(refusals, minimum, "minimum");
  const isSame = amount === null || minimum === null || amount.currency === minimum.currency;
  refusals.check(isSame, "minimum.currency", "OTHER_CURRENCY", "It has the currency of the amount.");
  refusals.whole(maxRedemptions, "maxRedemptions", 1, MOST_USES, "Uses are");
  refusals.whole(maxPerOrganisation, "maxPerOrganisation", 1, MOST_USES, "Uses are");
  refusals.settle();
};

const record = (tx: Tx, { id: resourceId, organisationId }: CouponRow, before: unknown, after: unknown) => {
  const details = { resource: "coupon", resourceId, organisationId, before, after };
  return audit(tx, "billing", { action: "promotion:manage", ...details });
};

/** @throws ConflictFault for a code that the issuer has, or had. */
const requireNew = async (tx: Tx, organisationId: string, code: string): Promise<void> => {
  const same = and(eq(coupon.organisationId, organisationId), eq(coupon.code, code));
  const [known] = await tx.db.select({ id: coupon.id }).from(coupon).where(same);
  if (known) throw new ConflictFault("There is a coupon with this code already.", known.id);
};

/**
 * A code for all below an organisation. @returns the coupon's id; the same again for the same key and input.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault also for a code that is taken.
 */
export const createCoupon = (tx: Tx, wish: NewCoupon, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  return onceFor(tx, { key, operation: "createCoupon", input }, at, async () => {
    const organisationId = await issuerOf(tx, wish.organisationId);
    const code = codeOf(wish.code);
    requireSound(wish, code);
    const period = periodOf(wish, at);
    await requireNew(tx, organisationId, code);
    const { basisPoints, amount, minimum, maxRedemptions, maxPerOrganisation } = wish;
    const worth = {
      basisPoints,
      amount: amount?.minorUnits ?? null,
      minimum: minimum?.minorUnits ?? null,
      currency: amount?.currency ?? minimum?.currency ?? null,
    };
    const terms = { uses: [...wish.uses], ...worth, maxRedemptions, maxPerOrganisation, ...period };
    const [row] = await tx.db
      .insert(coupon)
      .values({ organisationId, code, ...terms, createdAt: at })
      .returning();
    if (!row) throw new Error("insert gave no row");
    await record(tx, row, null, terms);
    return row.id;
  });
};

/** From now on nobody can use it; what used it keeps it. @throws NotFoundFault; ConflictFault for one that has ended. */
export const endCoupon = async (tx: Tx, id: string, at: Date): Promise<string> => {
  const own = eq(coupon.id, requireId("coupon", id));
  const [row] = await tx.db.select().from(coupon).where(own).for("update");
  if (!row) throw new NotFoundFault("coupon", id);
  if (offerStateAt(row, at) === "ENDED") throw new ConflictFault("This coupon has ended already.", row.id);
  const endsAt = endOf(row, at);
  await tx.db.update(coupon).set({ endsAt }).where(own);
  await record(tx, row, { endsAt: row.endsAt }, { endsAt });
  return row.id;
};

export interface CouponFilter {
  organisationId?: string | null | undefined;
  state?: readonly OfferState[] | null | undefined;
}

/** Those that organisations of a branch make, the newest first. @throws NotFoundFault, InvalidInputFault. */
export const listCoupons = async (
  tx: Tx,
  page: PageArguments,
  { organisationId: given, state }: CouponFilter,
  at: Date,
): Promise<Connection<CouponRow>> => {
  const { organisationId } = await organisationInScope(
    tx,
    requireId("organisation", given ?? homeOrganisation(tx.caller)),
  );
  const after = timeCursor(page.after);
  const position = after && sql`(${coupon.createdAt}, ${coupon.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  const rows = await tx.db
    .select()
    .from(coupon)
    .where(
      and(
        inScope(tx, coupon.organisationId),
        inBranch(coupon.organisationId, organisationId),
        state ? inOfferStates(coupon, state, at) : undefined,
        position ?? undefined,
      ),
    )
    .orderBy(desc(coupon.createdAt), desc(coupon.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.createdAt.toISOString(), row.id]);
};

/** By id; those outside of the estate are left out: who uses a coupon knows its code and no more. */
export const couponsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, CouponRow>> => {
  const rows = await tx.db
    .select()
    .from(coupon)
    .where(inArray(coupon.id, ids.filter(isId)));
  return new Map(rows.map((row) => [row.id, row]));
};
