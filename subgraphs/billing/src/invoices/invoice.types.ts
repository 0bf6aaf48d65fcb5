import type { Money as Amount, Currency } from "@tollgate/kit";
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
  Int,
  InvalidInputProblem,
  Money,
  NotFoundProblem,
  ObjectType,
  PeriodInput,
  resultUnion,
} from "@tollgate/kit/graphql";
import { InsufficientFundsProblem } from "../orders/order.problems.js";
import { AmountLimitProblem, ProviderProblem } from "../topups/topup.problems.js";
import { TopUp } from "../topups/topup.types.js";
import type { CreditNoteRow, InvoiceRow } from "./invoice.schema.js";
import { INVOICE_STATES, invoiceStateAt, type InvoiceState as State } from "./reading.js";

export const InvoiceState = graphEnum("InvoiceState", "OVERDUE: past dueAt and not paid.", ...INVOICE_STATES);

@Directive('@requiresScopes(scopes: [["invoice:read"]])')
@ObjectType({ description: "Takes an issued invoice back, wholly or in part." })
export class CreditNote {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  number: string;

  @Field(() => Money)
  amount: Amount;

  @Field(() => String)
  reason: string;

  @Field(() => DateTime)
  issuedAt: Date;
}

@Directive('@requiresScopes(scopes: [["invoice:read"]])')
@ObjectType({
  description:
    "Of a month, or of one charge of a service subscription. number is gapless per issuer and year, null while DRAFT. A PAID one never changes.",
})
export class Invoice {
  row: InvoiceRow;

  @Field(() => ID)
  id: string;

  @Field(() => String, { nullable: true })
  number: string | null;

  @Field(() => InvoiceState)
  state: State;

  @Field(() => DateTime)
  periodFrom: Date;

  @Field(() => DateTime)
  periodTo: Date;

  @Field(() => Money)
  subtotal: Amount;

  @Field(() => Money)
  tax: Amount;

  @Field(() => Money)
  total: Amount;

  @Field(() => Money)
  amountDue: Amount;

  @Field(() => DateTime, { nullable: true })
  issuedAt: Date | null;

  @Field(() => DateTime, { nullable: true })
  dueAt: Date | null;

  @Field(() => DateTime, { nullable: true })
  paidAt: Date | null;

  @Field(() => Int)
  remindersSent: number;
}

/** A row as the graph shows it. */
export const shownInvoice = (row: InvoiceRow, at: Date): Invoice => {
  const inCurrency = (minorUnits: bigint): Amount => ({ minorUnits, currency: row.currency });
  const { id, number, periodFrom, periodTo, issuedAt, dueAt, paidAt, remindersSent } = row;
  return Object.assign(new Invoice(), {
    row,
    id,
    number,
    state: invoiceStateAt(row, at),
    periodFrom,
    periodTo,
    subtotal: inCurrency(row.subtotal),
    tax: inCurrency(row.tax),
    total: inCurrency(row.total),
    amountDue: inCurrency(row.state === "ISSUED" ? row.due : 0n),
    issuedAt,
    dueAt,
    paidAt,
    remindersSent,
  });
};

/** A credit note as the graph shows it. */
export const shownCreditNote = (
  { id, number, amount: minorUnits, reason, issuedAt }: CreditNoteRow,
  currency: Currency,
): CreditNote => ({ id, number, reason, issuedAt, amount: { minorUnits, currency } });

export const InvoiceConnection = connectionType("Invoice", () => Invoice, { totalCount: true });

@InputType("InvoiceFilter")
export class InvoiceFilterInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [InvoiceState], { nullable: true })
  state?: State[] | null;

  @Field(() => ID, { nullable: true })
  serviceSubscriptionId?: string | null;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput | null;
}

@ObjectType({ description: "topUp is under way when a provider was named; its step says what comes next." })
export class InvoicePayment {
  @Field(() => Invoice)
  invoice: Invoice;

  @Field(() => TopUp, { nullable: true })
  topUp: TopUp | null;
}

@ObjectType({ description: "One organisation that got no invoice, and why." })
export class InvoicingFailure {
  organisationId: string;

  @Field(() => String)
  problem: string;
}

@ObjectType({ description: "What the monthly job did." })
export class InvoicingRun {
  @Field(() => DateTime)
  month: Date;

  @Field(() => Int)
  invoiced: number;

  @Field(() => Int)
  skipped: number;

  @Field(() => [InvoicingFailure])
  failures: InvoicingFailure[];
}

export const InvoiceResult = resultUnion(
  "InvoiceResult",
  [Invoice],
  [NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

export const PayInvoiceResult = resultUnion(
  "PayInvoiceResult",
  [InvoicePayment],
  [
    InsufficientFundsProblem,
    AmountLimitProblem,
    ProviderProblem,
    NotFoundProblem,
    ForbiddenProblem,
    ConflictProblem,
    InvalidInputProblem,
  ],
);

export const RunInvoicingResult = resultUnion(
  "RunInvoicingResult",
  [InvoicingRun],
  [ConflictProblem, InvalidInputProblem],
);
