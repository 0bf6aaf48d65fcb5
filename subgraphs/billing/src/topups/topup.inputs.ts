import { Field, ID, InputType, UrlScalar } from "@tollgate/kit/graphql";
import { MoneyInput } from "../wallet/wallet.types.js";
import type { Provider } from "./topup.schema.js";
import { PaymentProvider } from "./topup.types.js";

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
