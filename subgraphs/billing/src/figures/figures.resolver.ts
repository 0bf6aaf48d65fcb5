import { type Currency, requireId, type Tx } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  CurrencyScalar,
  Directive,
  Field,
  FieldResolver,
  Int,
  type OperationContext,
  PeriodInput,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { CatalogueItem, shownItem } from "../catalogue/catalogue.types.js";
import { itemsById } from "../catalogue/reading.js";
import { Organisation } from "../entities.js";
import { LISTED, ListArguments } from "../lists.js";
import { type BreakdownKey, breakdowns, type SpendBy } from "./breakdown.js";
import type { SpendStep as Step } from "./calendar.js";
import { estateSpend } from "./estate.js";
import {
  OrganisationSpendConnection,
  SpendBreakdown,
  SpendPoint,
  SpendReport,
  SpendSlice,
  SpendStep,
  shownOrganisationSpend,
  shownPoint,
  shownSlice,
  shownSpend,
} from "./figures.types.js";
import {
  type PastBillsKey,
  pastBillsOf,
  requirePeriod,
  type SpendKey,
  spendOf,
  type TrendKey,
  trendsOf,
} from "./spend.js";

const READS_USE = '@requiresScopes(scopes: [["usage:read"]])';

@ArgsType()
class EstateSpendArguments extends ListArguments {
  @Field(() => PeriodInput)
  period: PeriodInput;

  @Field(() => CurrencyScalar)
  currency: Currency;
}

@Resolver(() => Organisation)
export class OrganisationSpendResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive(READS_USE)
  @Directive("@cost(weight: 10)")
  @FieldResolver(() => SpendReport, {
    nullable: true,
    description: "Spend of the organisation itself; the current month unless a period is given.",
  })
  async spend(
    @Root() { id }: Organisation,
    @Arg("period", () => PeriodInput, { nullable: true }) period: PeriodInput | null | undefined,
    @Arg("currency", () => CurrencyScalar, { nullable: true }) currency: Currency | null | undefined,
    @Ctx() context: OperationContext,
  ) {
    const organisationId = requireId("organisation", id);
    const key = { organisationId, period: period ? requirePeriod(period, "period") : null, currency: currency ?? null };
    const found = await context.loader(this.spends).load(key);
    return found && shownSpend(found);
  }

  @Directive(READS_USE)
  @Directive("@cost(weight: 20)")
  @Directive(LISTED)
  @Query(() => OrganisationSpendConnection, {
    nullable: true,
    description:
      "Spend of the estate by organisation, the most first; those that were charged nothing are left out. total is that of all.",
  })
  async estateSpend(
    @Args(() => EstateSpendArguments) { period, currency, ...page }: EstateSpendArguments,
    @Ctx() context: OperationContext,
  ) {
    const found = await context.read((tx) => estateSpend(tx, page, period, currency, this.clock()));
    const edges = found.edges.map(({ cursor, node }) => ({ cursor, node: shownOrganisationSpend(node) }));
    const total = { minorUnits: found.total, currency };
    return { pageInfo: found.pageInfo, edges, nodes: edges.map(({ node }) => node), total };
  }

  private readonly spends = (tx: Tx, keys: readonly SpendKey[]) => spendOf(tx, keys, this.clock());
}

@Resolver(() => SpendReport)
export class SpendReportResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive("@listSize(assumedSize: 31)")
  @FieldResolver(() => [SpendPoint], {
    description: "From where the period begins to now; hours are those of UTC, days and months the organisation's.",
  })
  async trend(
    @Root() { spend }: SpendReport,
    @Arg("step", () => SpendStep, { nullable: true, defaultValue: "DAY" }) step: Step | null,
    @Ctx() context: OperationContext,
  ) {
    const points = await context.loader(this.trends).load({ spend, step: step ?? "DAY" });
    return (points ?? []).map(shownPoint(spend));
  }

  @Directive("@listSize(assumedSize: 20)")
  @FieldResolver(() => [SpendSlice], { description: "The largest first; beyond a hundred the rest is one." })
  async breakdown(
    @Root() { spend }: SpendReport,
    @Arg("by", () => SpendBreakdown) by: SpendBy,
    @Ctx() context: OperationContext,
  ) {
    const { books, period, total } = spend;
    const key: BreakdownKey = { books, period, total, by };
    return ((await context.loader(breakdowns).load(key)) ?? []).map(shownSlice(spend));
  }

  @Directive('@listSize(slicingArguments: ["months"])')
  @FieldResolver(() => [SpendPoint], {
    description: "The months before the running one, oldest first, from the first in which something was charged.",
  })
  async pastBills(
    @Root() { spend }: SpendReport,
    @Arg("months", () => Int, { nullable: true, defaultValue: 12 }) months: number | null,
    @Ctx() context: OperationContext,
  ) {
    const points = await context.loader(this.bills).load({ spend, months: months ?? 12 });
    return (points ?? []).map(shownPoint(spend));
  }

  private readonly trends = (tx: Tx, keys: readonly TrendKey[]) => trendsOf(tx, keys, this.clock());
  private readonly bills = (tx: Tx, keys: readonly PastBillsKey[]) => pastBillsOf(tx, keys, this.clock());
}

@Resolver(() => SpendSlice)
export class SpendSliceResolver {
  @FieldResolver(() => CatalogueItem, { nullable: true })
  async item(@Root() { itemId }: SpendSlice, @Ctx() context: OperationContext) {
    const row = itemId === null ? null : await context.loader(itemsById).load(itemId);
    return row && shownItem(row);
  }
}
