import type { Money as Amount } from "@tollgate/kit";
import {
  ConflictProblem,
  connectionType,
  createUnionType,
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
import type { ProviderStep } from "../providers/provider.js";
import { MoneyInput } from "../wallet/wallet.types.js";
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

@ObjectType({ description: "Manual: transfer quoting the reference, then submitTopUpProof." })
export class TransferStep {
  @Field(() => String)
  instructions: string;

  @Field(() => String)
  reference: string;

  @Field(() => [String])
  methods: string[];
}

@ObjectType({ description: "Paystack and Stripe: go there." })
export class RedirectStep {
  @Field(() => UrlScalar)
  url: string;

  @Field(() => DateTime, { nullable: true })
  expiresAt: Date | null;
}

@ObjectType({ description: "A hidden field of the form." })
export class FormField {
  @Field(() => String)
  name: string;

  @Field(() => String)
  value: string;
}

@ObjectType({ description: "PayGate: post these fields as a form, in this order." })
export class FormPostStep {
  @Field(() => UrlScalar)
  url: string;

  @Field(() => [FormField])
  fields: FormField[];
}

@ObjectType({ description: "Midtrans: open Snap with the token, or go to the address." })
export class SnapStep {
  @Field(() => String)
  token: string;

  @Field(() => String)
  clientKey: string;

  @Field(() => UrlScalar)
  url: string;
}

export const TopUpStep = createUnionType({
  name: "TopUpStep",
  description: "One member per way of paying.",
  types: () => [RedirectStep, FormPostStep, SnapStep, TransferStep] as const,
  resolveType: (step: object) => {
    if (step instanceof RedirectStep) return "RedirectStep";
    if (step instanceof FormPostStep) return "FormPostStep";
    return step instanceof SnapStep ? "SnapStep" : "TransferStep";
  },
});

const BY_TRANSFER = {
  instructions: "Transfer the amount and quote the reference, then hand in the bank's reference and a proof.",
  methods: ["EFT", "Bank deposit", "Mobile money"],
};

/** What the person does next; null where there is nothing, or where the provider has to be asked first (`payTopUp`). */
export const shownStep = ({ state, provider, reference, step, stepEndsAt }: TopUpRow, at: Date): object | null => {
  if (state !== "INITIALISED" && state !== "PENDING") return null;
  if (provider === "MANUAL") return Object.assign(new TransferStep(), { ...BY_TRANSFER, reference });
  if (step === null || stepEndsAt === null || stepEndsAt <= at) return null;
  const { kind, ...given } = step as ProviderStep; // written by Paying alone
  if (kind === "REDIRECT") return Object.assign(new RedirectStep(), { ...given, expiresAt: stepEndsAt });
  return Object.assign(kind === "FORM_POST" ? new FormPostStep() : new SnapStep(), given);
};

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
  const refunded = { minorUnits: row.refunded, currency };
  const providerReference = row.paymentReference ?? row.sessionReference;
  const texts = { reference, providerReference, bankReference, decisionReason, failureReason };
  return { row, id, amount, refunded, provider, state, ...texts, createdAt, expiresAt, settledAt };
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

@InputType({ description: "returnUrl is where the provider sends the browser; it credits nothing." })
export class StartTopUpInput {
  @Field(() => ID)
  walletId: string;

  @Field(() => MoneyInput)
  amount: MoneyInput;

  @Field(() => PaymentProvider)
  provider: Provider;

  @Field(() => String, { nullable: true })
  couponCode?: string | null;

  @Field(() => UrlScalar, { nullable: true })
  returnUrl?: string | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class PayTopUpInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => UrlScalar, { nullable: true })
  returnUrl?: string | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType({ description: "All that is left when amount is left out." })
export class RefundTopUpInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => MoneyInput, { nullable: true })
  amount?: MoneyInput | null;

  @Field(() => String)
  reason: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class ReconcileTopUpInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class CancelTopUpInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class CreateProofUploadInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => String)
  contentType: string;
}

@InputType()
export class SubmitTopUpProofInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => String)
  bankReference: string;

  @Field(() => ID)
  uploadId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class ApproveTopUpInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RejectTopUpInput {
  @Field(() => ID)
  topUpId: string;

  @Field(() => String)
  reason: string;

  @Field(() => String)
  idempotencyKey: string;
}

export const CreateProofUploadResult = resultUnion(
  "CreateProofUploadResult",
  [UploadTarget],
  [NotFoundProblem, ConflictProblem],
);
