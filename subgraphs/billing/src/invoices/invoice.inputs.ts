import { DateTime, Field, ID, InputType, UrlScalar } from "@tollgate/kit/graphql";
import type { Provider } from "../topups/topup.schema.js";
import { PaymentProvider } from "../topups/topup.types.js";
import { MoneyInput } from "../wallet/wallet.types.js";

@InputType()
export class PayInvoiceInput {
  @Field(() => ID)
  invoiceId: string;

  @Field(() => MoneyInput, { nullable: true })
  amount?: MoneyInput | null;

  @Field(() => PaymentProvider, { nullable: true })
  provider?: Provider | null;

  @Field(() => UrlScalar, { nullable: true })
  returnUrl?: string | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class IssueInvoiceInput {
  @Field(() => ID)
  invoiceId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class VoidInvoiceInput {
  @Field(() => ID)
  invoiceId: string;

  @Field(() => String)
  reason: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class IssueCreditNoteInput {
  @Field(() => ID)
  invoiceId: string;

  @Field(() => MoneyInput)
  amount: MoneyInput;

  @Field(() => String)
  reason: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RemindInvoiceInput {
  @Field(() => ID)
  invoiceId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RunInvoicingInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => DateTime)
  month: Date;

  @Field(() => String)
  idempotencyKey: string;
}
