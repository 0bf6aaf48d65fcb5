import {
  audit,
  type Claim,
  claimKey,
  homeOrganisation,
  InvalidInputFault,
  keepResult,
  type Money,
  organisationInScope,
  readSetting,
  requireId,
  type SubgraphKit,
  type Tx,
} from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Mutation,
  type OperationContext,
  outcome,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { monthOf } from "../figures/calendar.js";
import type { ProviderDirectory } from "../providers/directory.js";
import { requireOwnAddress } from "../topups/addresses.js";
import type { Paying } from "../topups/paying.js";
import type { Provider } from "../topups/topup.schema.js";
import { topUpById } from "../topups/topup-shown.js";
import { startTopUp } from "../topups/topups.js";
import {
  IssueCreditNoteInput,
  IssueInvoiceInput,
  PayInvoiceInput,
  RemindInvoiceInput,
  RunInvoicingInput,
  VoidInvoiceInput,
} from "./invoice.inputs.js";
import { readInvoice } from "./invoice.resolver.js";
import { InvoiceResult, InvoicingFailure, PayInvoiceResult, RunInvoicingResult } from "./invoice.types.js";
import { issueCreditNote, issueInvoice, remindInvoice, voidInvoice } from "./managing.js";
import { type Month, periodOf } from "./monthly.js";
import { payableOf, payFromWallet, requirePayer } from "./paying.js";
import { invoiceById } from "./reading.js";
import { type Branch, type Run, runMonth } from "./running.js";

const PAYS = '@requiresScopes(scopes: [["invoice:pay"]])';
const MANAGES = '@requiresScopes(scopes: [["invoice:manage"]])';

const DAY = 86_400_000;
/** Months that may still be billed. */
const OLDEST_DAYS = 731;

/** The month on the calendar of whoever asks. @throws InvalidInputFault unless it is over, and not long ago. */
const monthToBill = async (tx: Tx, organisationId: string, moment: Date, at: Date): Promise<Month> => {
  const timeZone = await readSetting(tx, "billing.timeZone", organisationId);
  const period = monthOf(timeZone, moment);
  const isOver = period.to <= at && period.from.getTime() > at.getTime() - OLDEST_DAYS * DAY;
  if (!isOver) throw InvalidInputFault.of("month", "NOT_OVER", "A month is billed when it is over, within two years.");
  // Its middle is in the same month on every calendar.
  return new Date((period.from.getTime() + period.to.getTime()) / 2).toISOString().slice(0, 7);
};

/** What changes invoices. */
@Resolver()
export class InvoiceChangesResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly clock: () => Date,
    private readonly providers: ProviderDirectory,
    private readonly paying: Paying,
    private readonly publicUrl: string,
  ) {}

  @Directive(PAYS)
  @Mutation(() => PayInvoiceResult as never, {
    nullable: true,
    description:
      "All that is due or a part, from the wallet or, with provider, by a top-up that pays it when credited.",
  })
  payInvoice(@Arg("input", () => PayInvoiceInput) input: PayInvoiceInput, @Ctx() context: OperationContext) {
    const { invoiceId, provider = null, idempotencyKey } = input;
    const amount = input.amount ? { minorUnits: input.amount.minorUnits, currency: input.amount.currency } : null;
    return outcome(PayInvoiceResult, async () => {
      if (provider === null) {
        const payment = { invoiceId, amount, idempotencyKey };
        const id = await context.write((tx) => payFromWallet(tx, payment, this.clock()));
        return { invoice: await readInvoice(id, context, this.clock()), topUp: null };
      }
      const topUpId = await context.write((tx) => this.startPayment(tx, { ...input, amount, provider }));
      await this.paying.begin(topUpId);
      const invoice = await readInvoice(invoiceId, context, this.clock());
      return { invoice, topUp: await topUpById(topUpId, context) };
    });
  }

  @Directive(MANAGES)
  @Mutation(() => InvoiceResult as never, {
    nullable: true,
    description: "Gives a DRAFT its number; from then on it cannot change.",
  })
  issueInvoice(@Arg("input", () => IssueInvoiceInput) input: IssueInvoiceInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => issueInvoice(tx, input.invoiceId, input.idempotencyKey, at));
  }

  @Directive(MANAGES)
  @Mutation(() => InvoiceResult as never, { nullable: true, description: "Not of a PAID one: issue a credit note." })
  voidInvoice(@Arg("input", () => VoidInvoiceInput) input: VoidInvoiceInput, @Ctx() context: OperationContext) {
    const { invoiceId, reason, idempotencyKey } = input;
    return this.change(context, (tx, at) => voidInvoice(tx, invoiceId, reason, idempotencyKey, at));
  }

  @Directive(MANAGES)
  @Mutation(() => InvoiceResult as never, { nullable: true })
  issueCreditNote(
    @Arg("input", () => IssueCreditNoteInput) input: IssueCreditNoteInput,
    @Ctx() context: OperationContext,
  ) {
    const { invoiceId, reason, idempotencyKey: key } = input;
    const amount = { minorUnits: input.amount.minorUnits, currency: input.amount.currency };
    return this.change(context, (tx, at) => issueCreditNote(tx, { invoiceId, amount, reason, key }, at));
  }

  @Directive(MANAGES)
  @Mutation(() => InvoiceResult as never, { nullable: true })
  remindInvoice(@Arg("input", () => RemindInvoiceInput) input: RemindInvoiceInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => remindInvoice(tx, input.invoiceId, input.idempotencyKey, at));
  }

  @Directive(MANAGES)
  @Directive("@cost(weight: 100)")
  @Mutation(() => RunInvoicingResult as never, {
    nullable: true,
    description:
      "The monthly job for one month (any moment in it); repeating it changes nothing, one failure stops no other.",
  })
  runInvoicing(@Arg("input", () => RunInvoicingInput) input: RunInvoicingInput, @Ctx() context: OperationContext) {
    const { organisationId = null, month: moment, idempotencyKey: key } = input;
    return outcome(RunInvoicingResult, async () => {
      const at = this.clock();
      const below = homeOrganisation(context.caller);
      const month = await context.read(async (tx) => {
        if (organisationId !== null) await organisationInScope(tx, requireId("organisation", organisationId));
        return monthToBill(tx, below, moment, at);
      });
      const claim = { key, operation: "runInvoicing", input: { organisationId, month } };
      // Before anything is billed: a key that was used for another month stops it.
      const [done] = (await context.write((tx) => claimKey<Run>(tx, claim, at))) ?? [];
      const told = done ?? (await this.runNow(context, { below, only: organisationId }, month, claim));
      const failures = told.failures.map((failure) => Object.assign(new InvoicingFailure(), failure));
      return { month: periodOf(month, "UTC").from, invoiced: told.invoiced, skipped: told.skipped, failures };
    });
  }

  /** @returns what the first that ends for this key did. */
  private async runNow(context: OperationContext, branch: Branch, month: Month, claim: Claim): Promise<Run> {
    const at = this.clock();
    const run = await runMonth(this.kit.database, month, branch, at, (id, error) =>
      this.kit.logger.error({ organisationId: id, month, error }, "a month is not invoiced"),
    );
    this.kit.wakeRelay();
    return context.write(async (tx) => keepResult(tx, claim, await recordRun(tx, branch.below, run)));
  }

  /** A top-up of the payer's wallet that pays the invoice as soon as it is credited. @returns its id. */
  private async startPayment(
    tx: Tx,
    input: PayInvoiceInput & { amount: Money | null; provider: Provider },
  ): Promise<string> {
    const { invoiceId, provider, returnUrl = null, idempotencyKey } = input;
    requireOwnAddress(returnUrl, this.publicUrl);
    const row = await invoiceById(tx, invoiceId);
    requirePayer(tx, row);
    const amount = { minorUnits: payableOf(row, input.amount), currency: row.currency };
    const wanted = { walletId: row.walletId, amount, provider, returnUrl, invoiceId: row.id, idempotencyKey };
    return startTopUp(tx, wanted, this.providers, this.clock());
  }

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(InvoiceResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      return readInvoice(id, context, this.clock());
    });
  }
}

const recordRun = async (tx: Tx, organisationId: string, run: Run): Promise<Run> => {
  const { month, invoiced, skipped, failed } = run;
  await audit(tx, "billing", {
    action: "invoice:manage",
    resource: "invoicing",
    resourceId: null,
    organisationId,
    after: { month, invoiced, skipped, failed },
  });
  return run;
};

@Resolver(() => InvoicingFailure)
export class InvoicingFailureResolver {
  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { organisationId }: InvoicingFailure): Organisation {
    return { id: organisationId };
  }
}
