import { homeOrganisation, NotFoundFault, type Tx } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { CatalogueItem, shownItem } from "../catalogue/catalogue.types.js";
import { itemsById } from "../catalogue/reading.js";
import { Organisation } from "../entities.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import type { CouponGuesses } from "../offers/guessing.js";
import { PriceBreakdown, shownBreakdown } from "../prices/config.types.js";
import { type ChangeWish, changeSubscription } from "./changing.js";
import { cancelSubscription, resumeSubscription } from "./managing.js";
import { previewChange } from "./preview.js";
import { listSubscriptions, subscriptionsById } from "./reading.js";
import {
  CancelServiceSubscriptionInput,
  ChangeServiceSubscriptionInput,
  ResumeServiceSubscriptionInput,
  ServiceSubscription,
  ServiceSubscriptionChangeInput,
  ServiceSubscriptionConnection,
  ServiceSubscriptionFilterInput,
  ServiceSubscriptionResult,
  SubscribeToServiceInput,
  shownSubscription,
} from "./service.types.js";
import { subscribe } from "./subscribing.js";

const PARTNER = '@tag(name: "partner")';
const READS = '@requiresScopes(scopes: [["serviceSubscription:read"]])';
const MANAGES = '@requiresScopes(scopes: [["serviceSubscription:manage"]])';

@ArgsType()
class ServiceSubscriptionsArguments extends ListArguments {
  @Field(() => ServiceSubscriptionFilterInput, { nullable: true })
  filter?: ServiceSubscriptionFilterInput | null;
}

const wishOf = ({ serviceSubscriptionId, itemId, quantity }: ServiceSubscriptionChangeInput): ChangeWish => ({
  serviceSubscriptionId,
  itemId: itemId ?? null,
  quantity: quantity ?? null,
});

@Resolver(() => ServiceSubscription)
export class ServiceSubscriptionResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly guesses: CouponGuesses,
  ) {}

  @Directive(READS)
  @Directive(PARTNER)
  @Directive(LISTED)
  @Query(() => ServiceSubscriptionConnection, {
    nullable: true,
    description: "Service subscriptions of the estate, newest first.",
  })
  async serviceSubscriptions(
    @Args(() => ServiceSubscriptionsArguments) { filter, ...page }: ServiceSubscriptionsArguments,
    @Ctx() context: OperationContext,
  ) {
    return shown(await context.read((tx) => listSubscriptions(tx, page, filter ?? {})), shownSubscription);
  }

  @Directive(READS)
  @Query(() => PriceBreakdown, { nullable: true, description: "What a change would cost or give back today." })
  async serviceSubscriptionChange(
    @Arg("input", () => ServiceSubscriptionChangeInput) input: ServiceSubscriptionChangeInput,
    @Ctx() context: OperationContext,
  ): Promise<PriceBreakdown> {
    return shownBreakdown(await context.read((tx) => previewChange(tx, wishOf(input), this.clock())));
  }

  @Directive(MANAGES)
  @Mutation(() => ServiceSubscriptionResult as never, { nullable: true, description: "Charges the first period." })
  async subscribeToService(
    @Arg("input", () => SubscribeToServiceInput) input: SubscribeToServiceInput,
    @Ctx() context: OperationContext,
  ) {
    const { itemId, idempotencyKey, quantity, couponCode, currency } = input;
    const organisationId = input.organisationId ?? homeOrganisation(context.caller);
    const wish = { organisationId, itemId, idempotencyKey, quantity: quantity ?? 1 };
    if (couponCode) await this.guesses.admit(context, couponCode);
    return this.change(context, (tx, at) =>
      subscribe(tx, { ...wish, couponCode: couponCode ?? null, currency: currency ?? null }, at),
    );
  }

  @Directive(MANAGES)
  @Mutation(() => ServiceSubscriptionResult as never, {
    nullable: true,
    description: "Another item or quantity, prorated to the minute.",
  })
  changeServiceSubscription(
    @Arg("input", () => ChangeServiceSubscriptionInput) input: ChangeServiceSubscriptionInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, (tx, at) => changeSubscription(tx, wishOf(input), input.idempotencyKey, at));
  }

  @Directive(MANAGES)
  @Mutation(() => ServiceSubscriptionResult as never, {
    nullable: true,
    description: "At the period's end; resume until then.",
  })
  cancelServiceSubscription(
    @Arg("input", () => CancelServiceSubscriptionInput) input: CancelServiceSubscriptionInput,
    @Ctx() context: OperationContext,
  ) {
    const { serviceSubscriptionId: id, idempotencyKey: key } = input;
    return this.change(context, (tx, at) => cancelSubscription(tx, id, key, at));
  }

  @Directive(MANAGES)
  @Mutation(() => ServiceSubscriptionResult as never, { nullable: true })
  resumeServiceSubscription(
    @Arg("input", () => ResumeServiceSubscriptionInput) input: ResumeServiceSubscriptionInput,
    @Ctx() context: OperationContext,
  ) {
    const { serviceSubscriptionId: id, idempotencyKey: key } = input;
    return this.change(context, (tx, at) => resumeSubscription(tx, id, key, at));
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { row }: ServiceSubscription): Organisation {
    return { id: row.organisationId };
  }

  @FieldResolver(() => CatalogueItem)
  async item(@Root() { row }: ServiceSubscription, @Ctx() context: OperationContext): Promise<CatalogueItem> {
    const found = await context.loader(itemsById).load(row.itemId);
    if (!found) throw new NotFoundFault("catalogueItem", row.itemId);
    return shownItem(found);
  }

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(ServiceSubscriptionResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      const row = await context.loader(subscriptionsById).load(id);
      if (!row) throw new NotFoundFault("serviceSubscription", id);
      return shownSubscription(row);
    });
  }
}
