import type { Tx } from "@tollgate/kit";
import {
  Arg,
  ConflictProblem,
  Ctx,
  Directive,
  ForbiddenProblem,
  InvalidInputProblem,
  Mutation,
  NotFoundProblem,
  type OperationContext,
  outcome,
  Resolver,
  resultUnion,
} from "@tollgate/kit/graphql";
import type { RateWish } from "./list-rules.js";
import { priceListById } from "./lists.js";
import { createPriceList, publishDraft, updatePriceList } from "./managing.js";
import { CreatePriceListInput, PublishPriceListInput, type RateInput, UpdatePriceListInput } from "./price.inputs.js";
import { PriceList, shownPriceList } from "./price.types.js";

const MANAGES = '@requiresScopes(scopes: [["price:manage"]])';

const PriceListResult = resultUnion(
  "PriceListResult",
  [PriceList],
  [NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

const wishesOf = (rates: readonly RateInput[] | null | undefined): RateWish[] | null =>
  rates?.map(({ resource, code, amount, perHours }) => {
    return { resource, code: code ?? null, amount, perHours: perHours ?? 1 };
  }) ?? null;

@Resolver(() => PriceList)
export class PriceChangesResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive(MANAGES)
  @Mutation(() => PriceListResult as never, { nullable: true })
  createPriceList(
    @Arg("input", () => CreatePriceListInput) input: CreatePriceListInput,
    @Ctx() context: OperationContext,
  ) {
    const wish = {
      ...input,
      organisationId: input.organisationId ?? null,
      copyOf: input.copyOf ?? null,
      markupBasisPoints: input.markupBasisPoints ?? 0,
      tierAdjustmentBasisPoints: input.tierAdjustmentBasisPoints ?? 0,
      rates: wishesOf(input.rates),
      volumeTiers: input.volumeTiers ?? null,
    };
    return this.change(context, (tx, at) => createPriceList(tx, wish, at));
  }

  @Directive(MANAGES)
  @Mutation(() => PriceListResult as never, {
    nullable: true,
    description: "Only a DRAFT; a published list is followed by another one.",
  })
  updatePriceList(
    @Arg("input", () => UpdatePriceListInput) input: UpdatePriceListInput,
    @Ctx() context: OperationContext,
  ) {
    const wish = {
      priceListId: input.priceListId,
      name: input.name ?? null,
      markupBasisPoints: input.markupBasisPoints ?? null,
      tierAdjustmentBasisPoints: input.tierAdjustmentBasisPoints ?? null,
      rates: wishesOf(input.rates),
      volumeTiers: input.volumeTiers ?? null,
    };
    return this.change(context, (tx) => updatePriceList(tx, wish));
  }

  @Directive(MANAGES)
  @Mutation(() => PriceListResult as never, { nullable: true })
  publishPriceList(
    @Arg("input", () => PublishPriceListInput) input: PublishPriceListInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, (tx, at) => publishDraft(tx, input, at));
  }

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(PriceListResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      return shownPriceList(await context.read((tx) => priceListById(tx, id)), this.clock());
    });
  }
}
