import {
  homeOrganisation,
  InvalidInputFault,
  NotFoundFault,
  organisationInScope,
  requireId,
  type Tx,
} from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Download,
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
import { Organisation, User } from "../entities.js";
import { type FundsCheck as Check, fundsForEach } from "../ledger/funds.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import { OrderLine, shownLine } from "../orders/items.types.js";
import { Order, shownOrder } from "../orders/order.types.js";
import { ordersByQuote } from "../orders/orders.js";
import type { Documents } from "../pdf/documents.js";
import { fraction, greater } from "../prices/fraction.js";
import { createQuote, issueQuote, linesOfQuotes } from "./making.js";
import type { QuoteRow } from "./quote.schema.js";
import {
  CreateQuoteInput,
  FundsCheck,
  IssueQuoteInput,
  Quote,
  QuoteConnection,
  QuoteFilterInput,
  QuoteResult,
  RejectQuoteInput,
  shownQuote,
} from "./quote.types.js";
import { listQuotes, quotesById, rejectQuote } from "./quotes.js";

const PARTNER = '@tag(name: "partner")';
const READS_QUOTES = '@requiresScopes(scopes: [["quote:read"]])';
const MAKES_QUOTES = '@requiresScopes(scopes: [["quote:create"]])';

const NOTHING = fraction(0n, 1n);

/** Items cost nothing by the hour: what is available has to cover them once. */
const paidAtOnce = (check: Check, total: bigint): Check => {
  const { minorUnits: available, currency } = check.available;
  return {
    available: check.available,
    allowed: available >= total,
    needed: { minorUnits: total, currency },
    shortfall: { minorUnits: greater(total - available, 0n), currency },
    runwayHours: 0,
    runsOutAt: null,
  };
};

@ArgsType()
class QuotesArguments extends ListArguments {
  @Field(() => QuoteFilterInput, { nullable: true })
  filter?: QuoteFilterInput | null;
}

@Resolver(() => Quote)
export class QuoteResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly documents: Documents,
  ) {}

  @Directive(READS_QUOTES)
  @Directive(PARTNER)
  @Query(() => Quote, { nullable: true })
  quote(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<Quote> {
    return this.read(id, context);
  }

  @Directive(READS_QUOTES)
  @Directive(PARTNER)
  @Directive(LISTED)
  @Query(() => QuoteConnection, { nullable: true })
  async quotes(@Args(() => QuotesArguments) { filter, ...page }: QuotesArguments, @Ctx() context: OperationContext) {
    const at = this.clock();
    return shown(await context.read((tx) => listQuotes(tx, page, filter ?? {}, at)), (row) => shownQuote(row, at));
  }

  @Directive(MAKES_QUOTES)
  @Directive(PARTNER)
  @Mutation(() => QuoteResult as never, {
    nullable: true,
    description: "A DRAFT for one machine or for catalogue items.",
  })
  createQuote(@Arg("input", () => CreateQuoteInput) input: CreateQuoteInput, @Ctx() context: OperationContext) {
    const { vm = null, items = null, interval, currency = null, idempotencyKey } = input;
    return this.change(context, async (tx, at) => {
      // Whose it would be comes first: a foreign organisation looks the same whatever else is wrong.
      if (input.organisationId) await organisationInScope(tx, requireId("organisation", input.organisationId));
      if (!vm && !items) throw InvalidInputFault.of("vm", "REQUIRED", "Say which machine, or which items.");
      if (vm && items) throw InvalidInputFault.of("items", "EXACTLY_ONE", "Quote a machine, or items: not both.");
      const organisationId = input.organisationId ?? homeOrganisation(context.caller);
      return createQuote(tx, { organisationId, vm, items, interval, currency, idempotencyKey }, at);
    });
  }

  @Directive(MAKES_QUOTES)
  @Directive(PARTNER)
  @Mutation(() => QuoteResult as never, { nullable: true, description: "Freezes the price for 14 days." })
  issueQuote(@Arg("input", () => IssueQuoteInput) input: IssueQuoteInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => issueQuote(tx, input.quoteId, input.idempotencyKey, at));
  }

  @Directive('@requiresScopes(scopes: [["order:place"]])')
  @Mutation(() => QuoteResult as never, { nullable: true })
  rejectQuote(@Arg("input", () => RejectQuoteInput) input: RejectQuoteInput, @Ctx() context: OperationContext) {
    const { quoteId, reason, idempotencyKey } = input;
    return this.change(context, (tx, at) => rejectQuote(tx, quoteId, reason ?? null, idempotencyKey, at));
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { row }: Quote): Organisation {
    return { id: row.organisationId };
  }

  @FieldResolver(() => User, { nullable: true })
  createdBy(@Root() { row }: Quote): User | null {
    return row.createdBy === null ? null : { id: row.createdBy };
  }

  @FieldResolver(() => [OrderLine], { description: "Empty for a machine." })
  async items(@Root() { id, row }: Quote, @Ctx() context: OperationContext): Promise<OrderLine[]> {
    const lines = row.vm ? [] : await context.loader(linesOfQuotes).load(id);
    return (lines ?? []).map((line) => shownLine(line, row.currency));
  }

  @FieldResolver(() => FundsCheck, { nullable: true })
  funds(@Root() { row }: Quote, @Ctx() context: OperationContext): Promise<Check | null> {
    return context.loader(this.checks).load(row);
  }

  @FieldResolver(() => Download, { nullable: true })
  pdf(@Root() { id }: Quote): Download {
    return this.documents.download("QUOTE", id);
  }

  @FieldResolver(() => Order, { nullable: true })
  async order(@Root() { id }: Quote, @Ctx() context: OperationContext): Promise<Order | null> {
    const row = await context.loader(ordersByQuote).load(id);
    return row && shownOrder(row);
  }

  private readonly checks = async (tx: Tx, rows: readonly QuoteRow[]): Promise<Map<QuoteRow, Check>> => {
    const questions = rows.map((row) => ({ ...row, row, newRate: row.price.rate ?? NOTHING }));
    const found = await fundsForEach(tx, questions, this.clock());
    return new Map([...found].map(([{ row }, check]) => [row, row.vm ? check : paidAtOnce(check, row.price.total)]));
  };

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(QuoteResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      return this.read(id, context);
    });
  }

  private async read(id: string, context: OperationContext): Promise<Quote> {
    const row = await context.loader(quotesById).load(id);
    if (!row) throw new NotFoundFault("quote", id);
    return shownQuote(row, this.clock());
  }
}
