import { NotFoundFault, organisationReferences, type Tx } from "@tollgate/kit";
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
import type { CatalogueItemRow } from "./catalogue.schema.js";
import {
  CatalogueCategory,
  CatalogueFilterInput,
  CatalogueItem,
  CatalogueItemConnection,
  CatalogueItemResult,
  CatalogueItemStatistics,
  CreateCatalogueItemInput,
  RetireCatalogueItemInput,
  shownItem,
  shownStatistics,
  UpdateCatalogueItemInput,
} from "./catalogue.types.js";
import { createItem, retireItem, sellerOf, updateItem } from "./items.js";
import { categoriesOf, countItems, itemsById, listItems } from "./reading.js";
import { type ItemStatistics, statisticsOf } from "./statistics.js";

const PARTNER = '@tag(name: "partner")';
const READS = '@requiresScopes(scopes: [["catalogue:read"]])';
const MANAGES = '@requiresScopes(scopes: [["catalogue:manage"]])';

@ArgsType()
class CatalogueArguments extends ListArguments {
  @Field(() => CatalogueFilterInput, { nullable: true })
  filter?: CatalogueFilterInput | null;
}

@Resolver(() => CatalogueItem)
export class CatalogueResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive(READS)
  @Directive(PARTNER)
  @Query(() => CatalogueItem, { nullable: true })
  catalogueItem(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<CatalogueItem> {
    return this.read(id, context);
  }

  @Directive(READS)
  @Directive(PARTNER)
  @Directive(LISTED)
  @Query(() => CatalogueItemConnection, {
    nullable: true,
    description: "What the organisation may buy (its ancestors' items) and what it sells by chat (its own).",
  })
  catalogue(@Args(() => CatalogueArguments) { filter, ...page }: CatalogueArguments, @Ctx() context: OperationContext) {
    const wanted = (tx: Tx) => ({ ...filter, organisationId: sellerOf(tx, filter?.organisationId) });
    const count = () => context.read((tx) => countItems(tx, wanted(tx)));
    return context.read(async (tx) => shown(await listItems(tx, page, wanted(tx), count), shownItem));
  }

  @Directive(READS)
  @Directive("@listSize(assumedSize: 20)")
  @Query(() => [CatalogueCategory], { nullable: true, description: "The categories of what is on sale, by name." })
  catalogueCategories(
    @Arg("organisationId", () => ID, { nullable: true }) given: string | null | undefined,
    @Ctx() context: OperationContext,
  ): Promise<CatalogueCategory[]> {
    return context.read((tx) => categoriesOf(tx, sellerOf(tx, given)));
  }

  @Directive(MANAGES)
  @Mutation(() => CatalogueItemResult as never, {
    nullable: true,
    description: "On sale for all below the organisation at once.",
  })
  createCatalogueItem(
    @Arg("input", () => CreateCatalogueItemInput) input: CreateCatalogueItemInput,
    @Ctx() context: OperationContext,
  ) {
    const { organisationId, description = null, category = null, interval = null, ...rest } = input;
    const wish = { ...rest, description, category, interval };
    return this.change(context, (tx, at) =>
      createItem(tx, { ...wish, organisationId: sellerOf(tx, organisationId) }, at),
    );
  }

  @Directive(MANAGES)
  @Mutation(() => CatalogueItemResult as never, {
    nullable: true,
    description: "A new price counts for new orders and from the next renewal.",
  })
  updateCatalogueItem(
    @Arg("input", () => UpdateCatalogueItemInput) input: UpdateCatalogueItemInput,
    @Ctx() context: OperationContext,
  ) {
    const { itemId, idempotencyKey, name, price, description, category } = input;
    const change = { name: name ?? undefined, price: price ?? undefined, description, category };
    return this.change(context, (tx, at) => updateItem(tx, itemId, change, idempotencyKey, at));
  }

  @Directive(MANAGES)
  @Mutation(() => CatalogueItemResult as never, {
    nullable: true,
    description: "No new orders; running service subscriptions go on.",
  })
  retireCatalogueItem(
    @Arg("input", () => RetireCatalogueItemInput) { itemId }: RetireCatalogueItemInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, (tx) => retireItem(tx, itemId));
  }

  @FieldResolver(() => Organisation, {
    nullable: true,
    description: "Who sells it; null for one above the caller, of which only the catalogue is seen.",
  })
  async organisation(@Root() { row }: CatalogueItem, @Ctx() context: OperationContext) {
    return await context.loader(organisationReferences).load(row.organisationId);
  }

  @Directive(MANAGES)
  @Directive("@cost(weight: 5)")
  @FieldResolver(() => CatalogueItemStatistics, {
    nullable: true,
    description: "For the seller and those above it; null for everybody else.",
  })
  async statistics(
    @Root() { row }: CatalogueItem,
    @Ctx() context: OperationContext,
  ): Promise<CatalogueItemStatistics | null> {
    const found = await context.loader(this.sums).load(row);
    return found && shownStatistics(found, row.currency);
  }

  private readonly sums = async (
    tx: Tx,
    rows: readonly CatalogueItemRow[],
  ): Promise<Map<CatalogueItemRow, ItemStatistics>> => {
    const found = await statisticsOf(tx, rows);
    return new Map(
      rows.flatMap((row) => {
        const statistics = found.get(row.id);
        return statistics ? [[row, statistics] as const] : [];
      }),
    );
  };

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(CatalogueItemResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      return this.read(id, context);
    });
  }

  private async read(id: string, context: OperationContext): Promise<CatalogueItem> {
    const row = await context.loader(itemsById).load(id);
    if (!row) throw new NotFoundFault("catalogueItem", id);
    return shownItem(row);
  }
}
