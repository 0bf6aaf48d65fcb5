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
  resultUnion,
} from "@tollgate/kit/graphql";
import { CouponProblem } from "../offers/coupon.problems.js";
import { InsufficientFundsProblem } from "../orders/order.problems.js";
import { SERVICE_STATES, type ServiceSubscriptionRow, type ServiceState as State } from "./service.schema.js";

export const ServiceSubscriptionState = graphEnum(
  "ServiceSubscriptionState",
  "PAST_DUE: renewal failed for want of money, retried until grace ends.",
  ...SERVICE_STATES,
);

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["serviceSubscription:read"]])')
@ObjectType({ description: "A catalogue service an organisation pays for." })
export class ServiceSubscription {
  row: ServiceSubscriptionRow;

  @Field(() => ID)
  id: string;

  @Field(() => Int)
  quantity: number;

  @Field(() => Money, {
    description: "For all of it and a whole period at the version that counts now, without discounts and tax.",
  })
  price: Amount;

  @Field(() => ServiceSubscriptionState)
  state: State;

  @Field(() => DateTime)
  currentPeriodStart: Date;

  @Field(() => DateTime)
  currentPeriodEnd: Date;

  @Field(() => Boolean)
  cancelAtPeriodEnd: boolean;

  @Field(() => DateTime)
  startedAt: Date;

  @Field(() => DateTime, { nullable: true })
  endedAt: Date | null;
}

/** A row as the graph shows it. */
export const shownSubscription = (row: ServiceSubscriptionRow): ServiceSubscription => {
  const { id, quantity, unitPrice, currency, state, currentPeriodStart, currentPeriodEnd } = row;
  const { cancelAtPeriodEnd, startedAt, endedAt } = row;
  const price = { minorUnits: unitPrice * BigInt(quantity), currency };
  return Object.assign(new ServiceSubscription(), {
    row,
    id,
    quantity,
    price,
    state,
    currentPeriodStart,
    currentPeriodEnd,
    cancelAtPeriodEnd,
    startedAt,
    endedAt,
  });
};

export const ServiceSubscriptionConnection = connectionType("ServiceSubscription", () => ServiceSubscription, {
  totalCount: false,
});

export const ServiceSubscriptionResult = resultUnion(
  "ServiceSubscriptionResult",
  [ServiceSubscription],
  [InsufficientFundsProblem, CouponProblem, NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType("ServiceSubscriptionFilter")
export class ServiceSubscriptionFilterInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [ServiceSubscriptionState], { nullable: true })
  state?: State[] | null;

  @Field(() => ID, { nullable: true })
  itemId?: string | null;
}

@InputType()
export class SubscribeToServiceInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => ID)
  itemId: string;

  @Field(() => Int, { nullable: true, defaultValue: 1 })
  quantity?: number | null;

  @Field(() => String, { nullable: true })
  couponCode?: string | null;

  @Field(() => CurrencyScalar, { nullable: true })
  currency?: Currency | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class ServiceSubscriptionChangeInput {
  @Field(() => ID)
  serviceSubscriptionId: string;

  @Field(() => ID, { nullable: true })
  itemId?: string | null;

  @Field(() => Int, { nullable: true })
  quantity?: number | null;
}

@InputType()
export class ChangeServiceSubscriptionInput extends ServiceSubscriptionChangeInput {
  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class CancelServiceSubscriptionInput {
  @Field(() => ID)
  serviceSubscriptionId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class ResumeServiceSubscriptionInput {
  @Field(() => ID)
  serviceSubscriptionId: string;

  @Field(() => String)
  idempotencyKey: string;
}
