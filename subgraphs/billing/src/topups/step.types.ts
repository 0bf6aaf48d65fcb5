import { createUnionType, DateTime, Field, ObjectType, UrlScalar } from "@tollgate/kit/graphql";
import type { ProviderStep } from "../providers/provider.js";
import type { TopUpRow } from "./topup.schema.js";

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
