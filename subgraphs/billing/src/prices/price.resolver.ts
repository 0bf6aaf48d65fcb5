import { homeOrganisation, organisationInScope, organisationReferences, requireId, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { priceListById, priceListsBelow, type PriceListState as State } from "./lists.js";
import type { PriceListRow } from "./price.schema.js";
import { PriceList, PriceListState, Rate, shownPriceList, shownRate, shownTier, VolumeTier } from "./price.types.js";
import { pricesInForce, pricesUnder } from "./prices.js";

const READS_PRICES = '@requiresScopes(scopes: [["price:read"]])';

@Resolver(() => PriceList)
export class PriceListResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive(READS_PRICES)
  @Query(() => PriceList, { nullable: true })
  async priceList(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext) {
    requireId("priceList", id);
    return shownPriceList(await context.read((tx) => priceListById(tx, id)), this.clock());
  }

  @Directive(READS_PRICES)
  @Directive("@listSize(assumedSize: 20)")
  @Query(() => [PriceList], { nullable: true })
  async priceLists(
    @Arg("organisationId", () => ID, { nullable: true }) organisationId: string | null | undefined,
    @Arg("state", () => [PriceListState], { nullable: true }) states: State[] | null | undefined,
    @Ctx() context: OperationContext,
  ) {
    if (organisationId) requireId("organisation", organisationId);
    const rows = await context.read(async (tx) => {
      const top = await organisationInScope(tx, organisationId ?? homeOrganisation(context.caller));
      return await priceListsBelow(tx, top.organisationId);
    });
    const lists = rows.map((row) => shownPriceList(row, this.clock()));
    return states ? lists.filter(({ state }) => states.includes(state)) : lists;
  }

  /** Whose list it is that one inherits is not told: that organisation is above the caller. */
  @FieldResolver(() => Organisation, { nullable: true })
  async organisation(@Root() { row }: PriceList, @Ctx() context: OperationContext) {
    return await context.loader(organisationReferences).load(row.organisationId);
  }

  @FieldResolver(() => [Rate])
  async rates(@Root() { row }: PriceList, @Ctx() context: OperationContext) {
    const prices = await context.loader(this.under).load(row);
    return (prices?.rates ?? []).map((rate) => shownRate(rate, row.currency));
  }

  @FieldResolver(() => [VolumeTier])
  async volumeTiers(@Root() { row }: PriceList, @Ctx() context: OperationContext) {
    const prices = await context.loader(this.under).load(row);
    return (prices?.volumeTiers ?? []).map((tier) => shownTier(tier, row.currency));
  }

  /** By the row itself, so that a list that was read is not read again. */
  private readonly under = async (tx: Tx, rows: readonly PriceListRow[]) => {
    const prices = await pricesUnder(tx, rows, this.clock());
    return new Map(
      rows.flatMap((row) => {
        const found = prices.get(row.id);
        return found ? [[row, found] as const] : [];
      }),
    );
  };
}

@Resolver(() => Organisation)
export class OrganisationPriceListResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive(READS_PRICES)
  @FieldResolver(() => PriceList, {
    nullable: true,
    description: "The price list that counts now, its own or inherited.",
  })
  async priceList(@Root() { id }: Organisation, @Ctx() context: OperationContext) {
    const prices = await context.loader(this.inForce).load(id);
    return prices && shownPriceList(prices.list, this.clock());
  }

  private readonly inForce = (tx: Tx, organisationIds: readonly string[]) =>
    pricesInForce(tx, organisationIds, this.clock());
}
