import type { Tx } from "@tollgate/kit";
import { Ctx, FieldResolver, type OperationContext, Resolver, Root } from "@tollgate/kit/graphql";
import { Vm } from "../entities.js";
import { entriesOfLines } from "../invoices/reading.js";
import { couponsById } from "../offers/coupons.js";
import { Coupon, Promotion, shownCoupon, shownPromotion } from "../offers/offer.types.js";
import { promotionsById } from "../offers/promotions.js";
import { LedgerEntry } from "../wallet/wallet.types.js";
import { entriesById } from "../wallet/wallets.js";
import { PriceLine } from "./config.types.js";
import { LineExplanation, shownExplanation } from "./explanation.types.js";
import { priceListRows } from "./lists.js";
import { PriceList, Rate, shownPriceList } from "./price.types.js";

@Resolver(() => PriceLine)
export class PriceLineResolver {
  @FieldResolver(() => Vm, { nullable: true })
  vm(@Root() { vmId }: PriceLine): Vm | null {
    return vmId ? { id: vmId } : null;
  }

  @FieldResolver(() => LineExplanation, { nullable: true })
  explanation(@Root() { source, amount }: PriceLine): LineExplanation | null {
    return source ? shownExplanation(source, amount.currency) : null;
  }
}

@Resolver(() => LineExplanation)
export class LineExplanationResolver {
  constructor(private readonly clock: () => Date) {}

  @FieldResolver(() => PriceList, { nullable: true })
  async priceList(@Root() { source }: LineExplanation, @Ctx() context: OperationContext): Promise<PriceList | null> {
    const row = source.priceListId && (await context.loader(priceListRows).load(source.priceListId));
    return row ? shownPriceList(row, this.clock()) : null;
  }

  @FieldResolver(() => Rate, { nullable: true })
  rate(@Root() { source, currency }: LineExplanation): Rate | null {
    if (!source.rate) return null;
    const { resource, code, minorUnits, perHours, inherited } = source.rate;
    return { resource, code: code === "" ? null : code, amount: { minorUnits, currency }, perHours, inherited };
  }

  @FieldResolver(() => Promotion, { nullable: true })
  async promotion(@Root() { source }: LineExplanation, @Ctx() context: OperationContext): Promise<Promotion | null> {
    const row = source.promotionId && (await context.loader(promotionsById).load(source.promotionId));
    return row ? shownPromotion(row, this.clock()) : null;
  }

  /** Null for who used it: he knows its code, which the line names, and no more. */
  @FieldResolver(() => Coupon, { nullable: true })
  async coupon(@Root() { source }: LineExplanation, @Ctx() context: OperationContext): Promise<Coupon | null> {
    const row = source.couponId && (await context.loader(couponsById).load(source.couponId));
    return row ? shownCoupon(row, this.clock()) : null;
  }

  @FieldResolver(() => [LedgerEntry])
  entries(@Root() { source }: LineExplanation, @Ctx() context: OperationContext) {
    if (source.use) return context.loader(entriesOfLines).load(source.use);
    return source.entryIds.length === 0 ? [] : context.loader(this.entriesOf).load(source.entryIds);
  }

  /** Entries of several lines in one statement; by the line's own list of ids. */
  private readonly entriesOf = async (tx: Tx, lists: readonly (readonly string[])[]) => {
    const found = await entriesById(tx, [...new Set(lists.flat())]);
    return new Map(lists.map((ids) => [ids, ids.flatMap((id) => found.get(id) ?? [])]));
  };
}
