import type { Currency } from "@tollgate/kit";
import {
  audit,
  InvalidInputFault,
  newEventId,
  organisationInScope,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { itemsOnSale } from "../catalogue/pricing.js";
import { type Terms, termsAt } from "../catalogue/terms.js";
import { walletFor } from "../ledger/ledger.js";
import { redeemCoupon } from "../offers/redeeming.js";
import { onceFor, personOf } from "../quotes/quotes.js";
import { charge, openPurse, wordsFor } from "./charging.js";
import { linesOfPeriod } from "./lines.js";
import { dueOf, endOfPeriod, NOTHING_USED, type Period } from "./period.js";
import { type ServiceSubscriptionRow, serviceSubscription } from "./service.schema.js";

export interface NewSubscription {
  organisationId: string;
  itemId: string;
  quantity: number;
  couponCode: string | null;
  currency: Currency | null;
  idempotencyKey: string;
}

/** The terms of a moment, as a period keeps them. */
export const frozen = ({ adjustments, tax }: Terms) => ({
  volumeBasisPoints: adjustments.volumeBasisPoints,
  promotionBasisPoints: adjustments.promotionBasisPoints,
  taxBasisPoints: tax?.basisPoints ?? 0,
});

/** A period that begins at a moment, of which nothing is used or taken yet. */
export const freshPeriod = (start: Date, end: Date) => ({
  currentPeriodStart: start,
  currentPeriodEnd: end,
  pricedFrom: start,
  used: NOTHING_USED,
  carried: null,
  carriedTax: null,
  couponAmount: 0n,
  couponId: null,
  taken: 0n,
  takenTax: 0n,
});

/** The one that is being asked for, on sale as a service. @throws NotFoundFault, InvalidInputFault. */
export const serviceOnSale = async (
  tx: Tx,
  organisationId: string,
  itemId: string,
  quantity: number,
  currency: Currency | null,
) => {
  const lines = await itemsOnSale(tx, organisationId, [{ itemId, quantity }], currency).catch(plainPaths);
  const item = lines[0]?.item;
  if (!item?.interval) throw InvalidInputFault.of("itemId", "IS_PRODUCT", "This is bought once: order it instead.");
  return { ...item, interval: item.interval };
};

/** Refusals of the only line are those of the input's own fields. */
const plainPaths = (error: unknown): never => {
  if (!(error instanceof InvalidInputFault)) throw error;
  throw new InvalidInputFault(error.fields.map(({ path, ...field }) => ({ ...field, path: path.slice(-1) })));
};

/**
 * Subscribes an organisation to a service sold above it: its first period is paid in the same transaction.
 * @returns the subscription's id; the same again for the same key and input.
 * @throws InsufficientFundsFault, CouponFault (nothing was moved), NotFoundFault, ForbiddenFault, InvalidInputFault.
 */
export const subscribe = (tx: Tx, wish: NewSubscription, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  return onceFor(tx, { organisationId: wish.organisationId, key, operation: "subscribe", input }, at, async () => {
    const organisationId = requireId("organisation", wish.organisationId);
    requireActive(await organisationInScope(tx, organisationId));
    const item = await serviceOnSale(tx, organisationId, wish.itemId, wish.quantity, wish.currency);
    const { currency, interval } = item;
    const terms = await termsAt(tx, organisationId, currency, at);
    const id = newEventId();
    const period: Period = {
      ...freshPeriod(at, endOfPeriod(at, interval)),
      ...frozen(terms),
      unitPrice: item.price,
      quantity: wish.quantity,
    };
    const coupon = await redeem(tx, wish, id, { minorUnits: dueOf(period).net, currency }, at);
    const taken = { couponId: coupon?.couponId ?? null, couponAmount: coupon?.discount ?? 0n };
    const due = dueOf({ ...period, ...taken });
    const walletId = await walletFor(tx, organisationId, currency);
    const purse = await openPurse(tx, walletId);
    const row = await insert(tx, {
      ...period,
      ...taken,
      id,
      organisationId,
      walletId,
      itemOrganisationId: item.organisationId,
      itemId: item.id,
      version: item.version,
      interval,
      currency,
      state: "ACTIVE",
      startedAt: at,
      startedBy: personOf(tx),
      dueAt: period.currentPeriodEnd,
      taken: due.net,
      takenTax: due.tax,
    });
    const description = `${wordsFor(item.name, wish.quantity)}, first period`;
    const lines = linesOfPeriod(item, row, terms, coupon);
    const first = { kind: "START" as const, isWhole: true, couponCode: coupon?.code ?? null, eventAt: at };
    await charge(tx, purse, row, { ...due, ...first, description, lines, rate: terms.tax }, at);
    await recordChange(tx, null, row);
    return id;
  });
};

const redeem = async (
  tx: Tx,
  { couponCode, organisationId }: NewSubscription,
  usedForId: string,
  amount: { minorUnits: bigint; currency: Currency },
  at: Date,
): Promise<{ couponId: string; code: string; discount: bigint } | null> => {
  if (couponCode === null) return null;
  const question = { code: couponCode, use: "SERVICE_SUBSCRIPTION" as const, organisationId, amount, at };
  const { couponId, code, discount } = await redeemCoupon(tx, { ...question, usedForId });
  return { couponId, code, discount: discount.minorUnits };
};

const insert = async (tx: Tx, values: typeof serviceSubscription.$inferInsert): Promise<ServiceSubscriptionRow> => {
  const [row] = await tx.db.insert(serviceSubscription).values(values).returning();
  if (!row) throw new Error("insert gave no row");
  return row;
};

const shown = (row: ServiceSubscriptionRow) => ({
  itemId: row.itemId,
  version: row.version,
  quantity: row.quantity,
  unitPrice: row.unitPrice,
  state: row.state,
  currentPeriodEnd: row.currentPeriodEnd,
  cancelAtPeriodEnd: row.cancelAtPeriodEnd,
  taken: row.taken,
});

/** What a person changed of a subscription, for the trail. */
export const recordChange = (tx: Tx, before: ServiceSubscriptionRow | null, row: ServiceSubscriptionRow) =>
  audit(tx, "billing", {
    action: "serviceSubscription:manage",
    resource: "serviceSubscription",
    resourceId: row.id,
    organisationId: row.organisationId,
    before: before && shown(before),
    after: shown(row),
  });
