import type { Money as Amount, Currency } from "@tollgate/kit";
import {
  ConflictProblem,
  CurrencyScalar,
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  Money,
  NotFoundProblem,
  ObjectType,
  PeriodInput,
  resultUnion,
} from "@tollgate/kit/graphql";
import { OrderLineInput } from "../catalogue/pricing.resolver.js";
import { QuoteExpiredProblem } from "../orders/order.problems.js";
import type { BillingInterval as Span } from "../prices/breakdown.js";
import type { Calculation } from "../prices/calculation.js";
import { BillingInterval, PriceBreakdown, shownBreakdown, VmConfig, VmConfigInput } from "../prices/config.types.js";
import type { QuotedPrice, QuoteRow } from "./quote.schema.js";
import { quoteStateAt, type QuoteState as State } from "./quotes.js";

export const QuoteState: { [Key in State]: Key } = graphEnum(
  "QuoteState",
  "ISSUED has a frozen price.",
  "DRAFT",
  "ISSUED",
  "ACCEPTED",
  "REJECTED",
  "EXPIRED",
);

@ObjectType({
  description:
    "needed is runwayHours of everything running, pending and this machine, or the price of items; allowed when available covers it. runsOutAt is with this machine added.",
})
export class FundsCheck {
  @Field(() => Boolean)
  allowed: boolean;

  @Field(() => Money)
  available: Amount;

  @Field(() => Money)
  needed: Amount;

  @Field(() => Money)
  shortfall: Amount;

  @Field(() => Int)
  runwayHours: number;

  @Field(() => DateTime, { nullable: true })
  runsOutAt: Date | null;
}

@Directive('@requiresScopes(scopes: [["quote:read"]])')
@ObjectType({ description: "A frozen price. ACCEPTED by ordering; EXPIRED after expiresAt." })
export class Quote {
  row: QuoteRow;

  @Field(() => ID)
  id: string;

  @Field(() => String)
  number: string;

  @Field(() => QuoteState)
  state: State;

  @Field(() => VmConfig, { nullable: true })
  vm: VmConfig | null;

  @Field(() => BillingInterval)
  interval: Span;

  @Field(() => PriceBreakdown)
  price: PriceBreakdown;

  @Field(() => DateTime)
  createdAt: Date;

  @Field(() => DateTime, { nullable: true })
  expiresAt: Date | null;

  @Field(() => String, { nullable: true, description: "Of a REJECTED one, where somebody gave one." })
  rejectionReason: string | null;
}

/** With both parts of its total, whether or not a tax is raised. */
const whole = (price: QuotedPrice): Calculation & Pick<QuotedPrice, "perHour"> => {
  const { subtotal = price.total, tax = 0n } = price;
  return { ...price, subtotal, tax };
};

/** A row as the graph shows it. */
export const shownQuote = (row: QuoteRow, at: Date): Quote => {
  const { id, number, vm, interval, createdAt, expiresAt, rejectionReason } = row;
  return Object.assign(new Quote(), {
    row,
    id,
    number,
    state: quoteStateAt(row, at),
    vm,
    interval,
    price: shownBreakdown(whole(row.price)),
    createdAt,
    expiresAt,
    rejectionReason,
  });
};

export const QuoteConnection = connectionType("Quote", () => Quote, { totalCount: false });

export const QuoteResult = resultUnion(
  "QuoteResult",
  [Quote],
  [QuoteExpiredProblem, NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType("QuoteFilter")
export class QuoteFilterInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [QuoteState], { nullable: true })
  state?: State[] | null;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput | null;
}

@InputType({ description: "Exactly one of vm and items." })
export class CreateQuoteInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => VmConfigInput, { nullable: true })
  vm?: VmConfigInput | null;

  @Field(() => [OrderLineInput], { nullable: true })
  items?: OrderLineInput[] | null;

  @Field(() => BillingInterval, { description: "What the price of a machine is for; items have a price of their own." })
  interval: Span;

  @Field(() => CurrencyScalar, { nullable: true })
  currency?: Currency | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class IssueQuoteInput {
  @Field(() => ID)
  quoteId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RejectQuoteInput {
  @Field(() => ID)
  quoteId: string;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => String)
  idempotencyKey: string;
}
