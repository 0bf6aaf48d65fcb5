import { homeOrganisation, NotFoundFault, organisationReferences, type Tx } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import { MoneyInput } from "../wallet/wallet.types.js";
import type { CouponUse as Use } from "./coupon.schema.js";
import { couponsById, createCoupon, endCoupon, listCoupons } from "./coupons.js";
import type { CouponGuesses } from "./guessing.js";
import { CreateCouponInput, EndCouponInput } from "./offer.inputs.js";
import {
  Coupon,
  CouponConnection,
  CouponOffer,
  CouponResult,
  CouponUse,
  OfferState,
  shownCoupon,
} from "./offer.types.js";
import type { OfferState as State } from "./offers.js";
import { couponFor } from "./redeeming.js";

const MANAGES = '@requiresScopes(scopes: [["promotion:manage"]])';

@ArgsType()
class CouponsArguments extends ListArguments {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [OfferState], { nullable: true })
  state?: State[] | null;
}

@Resolver(() => Coupon)
export class CouponResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly guesses: CouponGuesses,
  ) {}

  @Directive('@requiresScopes(scopes: [["promotion:read"]])')
  @Directive(LISTED)
  @Query(() => CouponConnection, { nullable: true })
  async coupons(
    @Args(() => CouponsArguments) { first, after, ...filter }: CouponsArguments,
    @Ctx() context: OperationContext,
  ) {
    const at = this.clock();
    const rows = await context.read((tx) => listCoupons(tx, { first, after }, filter, at));
    return shown(rows, (row) => shownCoupon(row, at));
  }

  @Directive('@requiresScopes(scopes: [["catalogue:read"]])')
  @Query(() => CouponOffer, {
    nullable: true,
    description: "The coupon behind a code as it would apply to an amount; null when it cannot be used.",
  })
  async couponOffer(
    @Arg("code", () => String) code: string,
    @Arg("use", () => CouponUse) use: Use,
    @Arg("amount", () => MoneyInput) amount: MoneyInput,
    @Ctx() context: OperationContext,
  ): Promise<CouponOffer | null> {
    const organisationId = homeOrganisation(context.caller);
    await this.guesses.admit(context, code);
    return context.read((tx) => couponFor(tx, { code, use, amount, organisationId, at: this.clock() }));
  }

  @Directive(MANAGES)
  @Mutation(() => CouponResult as never, { nullable: true })
  createCoupon(@Arg("input", () => CreateCouponInput) input: CreateCouponInput, @Ctx() context: OperationContext) {
    const wish = {
      ...input,
      organisationId: input.organisationId ?? null,
      basisPoints: input.basisPoints ?? null,
      amount: input.amount ?? null,
      minimum: input.minimum ?? null,
      maxRedemptions: input.maxRedemptions ?? null,
      maxPerOrganisation: input.maxPerOrganisation ?? null,
      endsAt: input.endsAt ?? null,
    };
    return this.change(context, (tx, at) => createCoupon(tx, wish, at));
  }

  @Directive(MANAGES)
  @Mutation(() => CouponResult as never, { nullable: true })
  endCoupon(@Arg("input", () => EndCouponInput) input: EndCouponInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => endCoupon(tx, input.couponId, at));
  }

  @FieldResolver(() => Organisation, { nullable: true })
  async organisation(@Root() { row }: Coupon, @Ctx() context: OperationContext) {
    return await context.loader(organisationReferences).load(row.organisationId);
  }

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(CouponResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      const row = await context.loader(couponsById).load(id);
      if (!row) throw new NotFoundFault("coupon", id);
      return shownCoupon(row, this.clock());
    });
  }
}
