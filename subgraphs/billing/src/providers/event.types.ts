import {
  connectionType,
  DateTime,
  Directive,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  NotFoundProblem,
  ObjectType,
  PeriodInput,
  resultUnion,
} from "@tollgate/kit/graphql";
import type { Provider } from "../topups/topup.schema.js";
import { PaymentProvider } from "../topups/topup.types.js";
import { PROVIDER_EVENT_STATES, type ProviderEventRow, type ProviderEventState as State } from "./event.schema.js";

export const ProviderEventState: { [Key in State]: Key } = graphEnum(
  "ProviderEventState",
  "REFUSED: signature, amount or currency wrong. FAILED: replayable.",
  ...PROVIDER_EVENT_STATES,
);

@Directive('@requiresScopes(scopes: [["providerEvent:read"]])')
@ObjectType({ description: "A webhook as received; problem says why it was not applied." })
export class ProviderEvent {
  row: ProviderEventRow;

  @Field(() => ID)
  id: string;

  @Field(() => PaymentProvider)
  provider: Provider;

  @Field(() => String)
  providerEventId: string;

  @Field(() => String)
  kind: string;

  @Field(() => ProviderEventState)
  state: State;

  @Field(() => String, { nullable: true })
  problem: string | null;

  @Field(() => DateTime)
  receivedAt: Date;

  @Field(() => DateTime, { nullable: true })
  appliedAt: Date | null;
}

export const shownEvent = (row: ProviderEventRow): ProviderEvent => {
  const { id, provider, providerEventId, kind, state, problem, receivedAt, appliedAt } = row;
  return { row, id, provider, providerEventId, kind, state, problem, receivedAt, appliedAt };
};

export const ProviderEventConnection = connectionType("ProviderEvent", () => ProviderEvent, { totalCount: false });

@InputType()
export class ProviderEventFilter {
  @Field(() => PaymentProvider, { nullable: true })
  provider?: Provider | null;

  @Field(() => [ProviderEventState], { nullable: true })
  state?: State[] | null;

  @Field(() => ID, { nullable: true })
  topUpId?: string | null;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput | null;
}

@InputType()
export class ReplayProviderEventsInput {
  @Field(() => [ID])
  providerEventIds: string[];

  @Field(() => String)
  idempotencyKey: string;
}

@ObjectType({ description: "How many were queued again." })
export class ProviderEventsReplayed {
  @Field(() => Int)
  count: number;
}

export const ReplayProviderEventsResult = resultUnion(
  "ReplayProviderEventsResult",
  [ProviderEventsReplayed],
  [NotFoundProblem],
);
