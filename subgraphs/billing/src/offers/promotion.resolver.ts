import { NotFoundFault, organisationReferences, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
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
import { CreatePromotionInput, EndPromotionInput } from "./offer.inputs.js";
import { OfferState, Promotion, PromotionResult, shownPromotion } from "./offer.types.js";
import type { OfferState as State } from "./offers.js";
import { createPromotion, endPromotion, listPromotions, promotionsById } from "./promotions.js";

const MANAGES = '@requiresScopes(scopes: [["promotion:manage"]])';

@Resolver(() => Promotion)
export class PromotionResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["promotion:read"]])')
  @Directive("@listSize(assumedSize: 20)")
  @Query(() => [Promotion], { nullable: true })
  async promotions(
    @Arg("organisationId", () => ID, { nullable: true }) organisationId: string | null | undefined,
    @Arg("state", () => [OfferState], { nullable: true }) states: State[] | null | undefined,
    @Ctx() context: OperationContext,
  ): Promise<Promotion[]> {
    const at = this.clock();
    const rows = await context.read((tx) => listPromotions(tx, organisationId ?? null, states ?? null, at));
    return rows.map((row) => shownPromotion(row, at));
  }

  @Directive(MANAGES)
  @Mutation(() => PromotionResult as never, { nullable: true })
  createPromotion(
    @Arg("input", () => CreatePromotionInput) input: CreatePromotionInput,
    @Ctx() context: OperationContext,
  ) {
    const wish = { ...input, organisationId: input.organisationId ?? null, endsAt: input.endsAt ?? null };
    return this.change(context, (tx, at) => createPromotion(tx, wish, at));
  }

  @Directive(MANAGES)
  @Mutation(() => PromotionResult as never, { nullable: true })
  endPromotion(@Arg("input", () => EndPromotionInput) input: EndPromotionInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => endPromotion(tx, input.promotionId, at));
  }

  /** Whose it is that one profits from is not told: that organisation is above the caller. */
  @FieldResolver(() => Organisation, { nullable: true })
  async organisation(@Root() { row }: Promotion, @Ctx() context: OperationContext) {
    return await context.loader(organisationReferences).load(row.organisationId);
  }

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(PromotionResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      const row = await context.loader(promotionsById).load(id);
      if (!row) throw new NotFoundFault("promotion", id);
      return shownPromotion(row, this.clock());
    });
  }
}
