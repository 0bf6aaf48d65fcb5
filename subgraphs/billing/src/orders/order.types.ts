import type { Money as Amount } from "@tollgate/kit";
import {
  ConflictProblem,
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  InvalidInputProblem,
  Money,
  NotFoundProblem,
  ObjectType,
  PeriodInput,
  resultUnion,
} from "@tollgate/kit/graphql";
import { InsufficientFundsProblem, QuoteExpiredProblem } from "./order.problems.js";
import type { OrderKind as Kind, OrderRow, OrderState as State } from "./order.schema.js";

/** What the graph names; orders of contacts are none yet. */
type ShownState = State | "AWAITING_PAYMENT";

export const OrderKind: { [Key in Kind]: Key } = graphEnum(
  "OrderKind",
  "A machine, or catalogue items.",
  "VM",
  "ITEMS",
);
export const OrderState: { [Key in ShownState]: Key } = graphEnum(
  "OrderState",
  "AWAITING_PAYMENT: of a contact. PLACED: money held. CANCELLING: telemetry is asked (also after 15 minutes); only then is money released or captured.",
  "AWAITING_PAYMENT",
  "PLACED",
  "PROVISIONING",
  "CANCELLING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
);

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["order:read"]])')
@ObjectType({
  description:
    "A machine or catalogue items. organisation pays from its wallet; null for a contact without one, who pays by paymentUrl. Telemetry adds provisioning.",
})
export class Order {
  row: OrderRow;

  @Field(() => ID)
  id: string;

  @Field(() => String)
  number: string;

  @Field(() => OrderKind)
  kind: Kind;

  @Field(() => OrderState)
  state: ShownState;

  @Field(() => String, { nullable: true })
  failureReason: string | null;

  @Field(() => Money)
  total: Amount;

  @Field(() => DateTime)
  placedAt: Date;

  @Field(() => DateTime, { nullable: true })
  completedAt: Date | null;
}

/** A row as the graph shows it. */
export const shownOrder = (row: OrderRow): Order => {
  const { id, number, kind, state, failureReason, placedAt, endedAt, currency } = row;
  return Object.assign(new Order(), {
    row,
    id,
    number,
    kind,
    state,
    failureReason,
    total: { minorUnits: row.total, currency },
    placedAt,
    completedAt: state === "COMPLETED" ? endedAt : null,
  });
};

export const OrderConnection = connectionType("Order", () => Order, { totalCount: true });

export const OrderResult = resultUnion(
  "OrderResult",
  [Order],
  [
    InsufficientFundsProblem,
    QuoteExpiredProblem,
    NotFoundProblem,
    ForbiddenProblem,
    ConflictProblem,
    InvalidInputProblem,
  ],
);

@InputType("OrderFilter")
export class OrderFilterInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => OrderKind, { nullable: true })
  kind?: Kind | null;

  @Field(() => [OrderState], { nullable: true })
  state?: ShownState[] | null;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput | null;
}

@InputType()
export class OrderVmInput {
  @Field(() => ID)
  quoteId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class CancelOrderInput {
  @Field(() => ID)
  orderId: string;

  @Field(() => String)
  idempotencyKey: string;
}
