import type { Money as Amount } from "@tollgate/kit";
import {
  ConflictProblem,
  connectionType,
  DateTime,
  Directive,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  Money,
  NotFoundProblem,
  ObjectType,
  PeriodInput,
  resultUnion,
  UrlScalar,
} from "@tollgate/kit/graphql";
import { PROVIDERS, type Provider, type TopUpState as State, TOP_UP_STATES, type TopUpRow } from "./topup.schema.js";

export const TopUpState: { [Key in State]: Key } = graphEnum(
  "TopUpState",
  "Only SUCCEEDED has credited; a late PENDING from the provider never downgrades it.",
  ...TOP_UP_STATES,
);
export const PaymentProvider: { [Key in Provider]: Key } = graphEnum(
  "PaymentProvider",
  "MANUAL is a bank, EFT or mobile-money transfer with proof.",
  ...PROVIDERS,
);

@Directive("@shareable")
@ObjectType({ description: "Where to PUT one file; its id then goes into the mutation that uses it." })
export class UploadTarget {
  @Field(() => ID)
  id: string;

  @Field(() => UrlScalar)
  url: string;

  @Field(() => Int)
  maxBytes: number;

  @Field(() => [String])
  contentTypes: string[];

  @Field(() => DateTime)
  expiresAt: Date;
}

@Directive('@requiresScopes(scopes: [["wallet:read"]])')
@ObjectType({ description: "One payment into a wallet; credited once, on the provider's word only." })
export class TopUp {
  row: TopUpRow;

  @Field(() => ID)
  id: string;

  @Field(() => Money)
  amount: Amount;

  @Field(() => Money, { nullable: true, description: "Added by a coupon." })
  bonus: Amount | null;

  @Field(() => Money)
  refunded: Amount;

  @Field(() => PaymentProvider)
  provider: Provider;

  @Field(() => TopUpState)
  state: State;

  @Field(() => String, { description: "Ours, shown at the provider." })
  reference: string;

  @Field(() => String, { nullable: true })
  providerReference: string | null;

  @Field(() => String, { nullable: true })
  failureReason: string | null;

  @Field(() => String, { nullable: true })
  bankReference: string | null;

  @Field(() => String, { nullable: true })
  decisionReason: string | null;

  @Field(() => DateTime)
  createdAt: Date;

  @Field(() => DateTime, { nullable: true, description: "24 hours after start; a late success still credits." })
  expiresAt: Date;

  @Field(() => DateTime, { nullable: true })
  settledAt: Date | null;
}

/** A top-up as the graph shows it. */
export const shownTopUp = (row: TopUpRow): TopUp => {
  const { id, currency, provider, state, reference, bankReference, decisionReason, failureReason } = row;
  const { createdAt, expiresAt, settledAt } = row;
  const amount = { minorUnits: row.amount, currency };
  const bonus = row.bonus > 0n ? { minorUnits: row.bonus, currency } : null;
  const refunded = { minorUnits: row.refunded, currency };
  const providerReference = row.paymentReference ?? row.sessionReference;
  const texts = { reference, providerReference, bankReference, decisionReason, failureReason };
  return { row, id, amount, bonus, refunded, provider, state, ...texts, createdAt, expiresAt, settledAt };
};

export const TopUpConnection = connectionType("TopUp", () => TopUp, { totalCount: false });

@ObjectType({ description: "A provider with its limits for one payment." })
export class TopUpOption {
  @Field(() => PaymentProvider)
  provider: Provider;

  @Field(() => Money)
  minimum: Amount;

  @Field(() => Money)
  maximum: Amount;
}

@InputType()
export class TopUpFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => ID, { nullable: true })
  walletId?: string | null;

  @Field(() => [TopUpState], { nullable: true })
  state?: State[] | null;

  @Field(() => [PaymentProvider], { nullable: true })
  provider?: Provider[] | null;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput | null;
}

export const CreateProofUploadResult = resultUnion(
  "CreateProofUploadResult",
  [UploadTarget],
  [NotFoundProblem, ConflictProblem],
);
