import { InvalidInputFault, NotFoundFault, requireId, type Tx } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  ConflictProblem,
  Ctx,
  Directive,
  Download,
  Field,
  FieldResolver,
  ForbiddenProblem,
  ID,
  InvalidInputProblem,
  Mutation,
  NotFoundProblem,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
  resultUnion,
} from "@tollgate/kit/graphql";
import { User } from "../entities.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import { InsufficientFundsProblem } from "../orders/order.problems.js";
import type { ProviderDirectory } from "../providers/directory.js";
import { LedgerEntry, shownWallet, Wallet } from "../wallet/wallet.types.js";
import { entriesById, walletById, walletsById } from "../wallet/wallets.js";
import { limitsOf } from "./limits.js";
import type { Paying } from "./paying.js";
import { MOST_PROOF_BYTES, PROOF_TYPES, type Proofs, proofTypes } from "./proofs.js";
import { refundTopUp } from "./refunds.js";
import { AmountLimitProblem, CouponProblem, ProviderFault, ProviderProblem } from "./topup.problems.js";
import type { Provider } from "./topup.schema.js";
import {
  ApproveTopUpInput,
  CancelTopUpInput,
  CreateProofUploadInput,
  CreateProofUploadResult,
  PayTopUpInput,
  ReconcileTopUpInput,
  RefundTopUpInput,
  RejectTopUpInput,
  StartTopUpInput,
  SubmitTopUpProofInput,
  shownStep,
  shownTopUp,
  TopUp,
  TopUpConnection,
  TopUpFilter,
  TopUpOption,
  TopUpStep,
} from "./topup.types.js";
import { listTopUps, topUpsById } from "./topup-list.js";
import {
  approveTopUp,
  cancelTopUp,
  noteReconciling,
  rejectTopUp,
  resumeTopUp,
  startTopUp,
  submitProof,
} from "./topups.js";

const PARTNER = '@tag(name: "partner")';
const READS = '@requiresScopes(scopes: [["wallet:read"]])';
const PAYS = '@requiresScopes(scopes: [["wallet:topUp"]])';
const DECIDES = '@requiresScopes(scopes: [["topUp:approve"]])';

const REFUNDS = '@requiresScopes(scopes: [["topUp:refund"]])';

/** The provider sends the browser there: nowhere else than to ourselves. @throws InvalidInputFault. */
const requireOwnAddress = (url: string | null, publicUrl: string): void => {
  if (url === null || new URL(url).origin === new URL(publicUrl).origin) return;
  throw InvalidInputFault.of("returnUrl", "NOT_ALLOWED", "The way back leads to an address of this Tollgate.");
};

const ignoreProvider = (error: unknown): void => {
  if (!(error instanceof ProviderFault)) throw error;
};

const TopUpResult = resultUnion(
  "TopUpResult",
  [TopUp],
  [
    AmountLimitProblem,
    CouponProblem,
    ProviderProblem,
    InsufficientFundsProblem,
    NotFoundProblem,
    ForbiddenProblem,
    ConflictProblem,
    InvalidInputProblem,
  ],
);

@ArgsType()
class TopUpsArguments extends ListArguments {
  @Field(() => TopUpFilter, { nullable: true })
  filter?: TopUpFilter | null;
}

@Resolver(() => TopUp)
export class TopUpResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly proofs: Proofs,
    private readonly providers: ProviderDirectory,
    private readonly paying: Paying,
    private readonly publicUrl: string,
  ) {}

  @Directive(READS)
  @Directive(PARTNER)
  @Query(() => TopUp, { nullable: true })
  topUp(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<TopUp> {
    return this.read(id, context);
  }

  @Directive(READS)
  @Directive(PARTNER)
  @Directive(LISTED)
  @Query(() => TopUpConnection, {
    nullable: true,
    description: "Top-ups of the estate; those to approve are state AWAITING_APPROVAL.",
  })
  async topUps(@Args(() => TopUpsArguments) { filter, ...page }: TopUpsArguments, @Ctx() context: OperationContext) {
    return shown(await context.read((tx) => listTopUps(tx, page, filter ?? {})), shownTopUp);
  }

  @Directive(PAYS)
  @Directive("@listSize(assumedSize: 5)")
  @Query(() => [TopUpOption], {
    nullable: true,
    description: "Providers that take this wallet's currency, with their limits.",
  })
  async topUpOptions(
    @Arg("walletId", () => ID) walletId: string,
    @Ctx() context: OperationContext,
  ): Promise<TopUpOption[]> {
    requireId("wallet", walletId);
    const { organisationId, currency } = await context.read((tx) => walletById(tx, walletId));
    return context.read(async (tx) => {
      const online = await this.providers.taking(tx, currency);
      const ways = [
        ...online.map(({ name, taken }) => ({ provider: name, taken })),
        { provider: "MANUAL", taken: null },
      ];
      const option = async ({ provider, taken }: (typeof ways)[number]) => {
        const { minimum, maximum } = await limitsOf(tx, organisationId, currency, taken);
        const inCurrency = (minorUnits: bigint) => ({ minorUnits, currency });
        return { provider: provider as Provider, minimum: inCurrency(minimum), maximum: inCurrency(maximum) };
      };
      return Promise.all(ways.map(option));
    });
  }

  @Directive(PAYS)
  @Directive(PARTNER)
  @Mutation(() => TopUpResult as never, {
    nullable: true,
    description:
      "Starts a payment with a provider; TopUp.step says what the person does next. Nothing is credited before the provider's word.",
  })
  startTopUp(@Arg("input", () => StartTopUpInput) input: StartTopUpInput, @Ctx() context: OperationContext) {
    const { walletId, provider, couponCode = null, idempotencyKey } = input;
    const amount = { minorUnits: input.amount.minorUnits, currency: input.amount.currency };
    const wanted = { walletId, amount, provider, couponCode, idempotencyKey, returnUrl: input.returnUrl ?? null };
    return this.change(
      context,
      (tx, at) => {
        requireOwnAddress(wanted.returnUrl, this.publicUrl);
        return startTopUp(tx, wanted, this.providers, at);
      },
      (id) => this.paying.begin(id),
    );
  }

  @Directive(PAYS)
  @Mutation(() => TopUpResult as never, {
    nullable: true,
    description: "Resumes a pending top-up with a fresh step; never a second one.",
  })
  payTopUp(@Arg("input", () => PayTopUpInput) input: PayTopUpInput, @Ctx() context: OperationContext) {
    const { topUpId, returnUrl = null, idempotencyKey } = input;
    return this.change(
      context,
      (tx, at) => {
        requireOwnAddress(returnUrl, this.publicUrl);
        return resumeTopUp(tx, { topUpId, returnUrl, idempotencyKey }, at);
      },
      (id) => this.paying.begin(id),
    );
  }

  @Directive(REFUNDS)
  @Mutation(() => TopUpResult as never, {
    nullable: true,
    description: "A reversing entry and a refund at the provider; at most what is available.",
  })
  refundTopUp(@Arg("input", () => RefundTopUpInput) input: RefundTopUpInput, @Ctx() context: OperationContext) {
    const { topUpId, reason, idempotencyKey } = input;
    const amount = input.amount ? { minorUnits: input.amount.minorUnits, currency: input.amount.currency } : null;
    return this.change(
      context,
      (tx, at) => refundTopUp(tx, { topUpId, amount, reason, idempotencyKey }, at),
      // The money is on its way from here on: a provider that is away gets it from the job.
      (id) => this.paying.sendRefunds(id).catch(ignoreProvider),
    );
  }

  @Directive(DECIDES)
  @Mutation(() => TopUpResult as never, {
    nullable: true,
    description: "Asks the provider now rather than at the next reconciliation.",
  })
  reconcileTopUp(
    @Arg("input", () => ReconcileTopUpInput) input: ReconcileTopUpInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(
      context,
      (tx, at) => noteReconciling(tx, input.topUpId, input.idempotencyKey, at),
      (id) => this.paying.reconcile(id),
    );
  }

  @Directive(PAYS)
  @Mutation(() => TopUpResult as never, { nullable: true })
  cancelTopUp(@Arg("input", () => CancelTopUpInput) input: CancelTopUpInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => cancelTopUp(tx, input.topUpId, input.idempotencyKey, at));
  }

  @Directive(PAYS)
  @Mutation(() => CreateProofUploadResult as never, {
    nullable: true,
    description: "Where to put the proof of a manual transfer.",
  })
  createProofUpload(
    @Arg("input", () => CreateProofUploadInput) { topUpId, contentType }: CreateProofUploadInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(CreateProofUploadResult, async () => {
      const target = await context.write((tx) => this.proofs.target(tx, topUpId, contentType));
      return { ...target, maxBytes: MOST_PROOF_BYTES, contentTypes: PROOF_TYPES };
    });
  }

  @Directive(PAYS)
  @Mutation(() => TopUpResult as never, {
    nullable: true,
    description: "Bank reference (unique) and proof; moves to AWAITING_APPROVAL.",
  })
  submitTopUpProof(
    @Arg("input", () => SubmitTopUpProofInput) input: SubmitTopUpProofInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, (tx, at) => submitProof(tx, { ...input }, at));
  }

  @Directive(DECIDES)
  @Mutation(() => TopUpResult as never, {
    nullable: true,
    description: "By somebody of an organisation above the payer's, never of its own.",
  })
  approveTopUp(@Arg("input", () => ApproveTopUpInput) input: ApproveTopUpInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => approveTopUp(tx, { ...input }, at));
  }

  @Directive(DECIDES)
  @Mutation(() => TopUpResult as never, { nullable: true })
  rejectTopUp(@Arg("input", () => RejectTopUpInput) input: RejectTopUpInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => rejectTopUp(tx, { ...input }, at));
  }

  @FieldResolver(() => Wallet)
  async wallet(@Root() { row }: TopUp, @Ctx() context: OperationContext) {
    const found = await context.loader(walletsById).load(row.walletId);
    return found && shownWallet(found);
  }

  @FieldResolver(() => TopUpStep, {
    nullable: true,
    description: "What the person does next; null unless INITIALISED or PENDING.",
  })
  step(@Root() { row }: TopUp) {
    return shownStep(row, this.clock());
  }

  @FieldResolver(() => Download, { nullable: true })
  async proof(@Root() { row }: TopUp, @Ctx() context: OperationContext): Promise<Download | null> {
    if (!row.proofId) return null;
    const contentType = await context.loader(proofTypes).load(row.proofId);
    return contentType ? this.proofs.download(row.proofId, contentType) : null;
  }

  @FieldResolver(() => User, { nullable: true })
  startedBy(@Root() { row }: TopUp): User | null {
    return row.startedBy ? { id: row.startedBy } : null;
  }

  @FieldResolver(() => User, { nullable: true })
  decidedBy(@Root() { row }: TopUp): User | null {
    return row.decidedBy ? { id: row.decidedBy } : null;
  }

  @FieldResolver(() => LedgerEntry, { nullable: true })
  entry(@Root() { row }: TopUp, @Ctx() context: OperationContext) {
    return row.entryId ? context.loader(entriesById).load(row.entryId) : null;
  }

  /** @param afterwards what goes over the network, when the change is written. */
  private change(
    context: OperationContext,
    work: (tx: Tx, at: Date) => Promise<string>,
    afterwards: (id: string) => Promise<void> = () => Promise.resolve(),
  ) {
    return outcome(TopUpResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      await afterwards(id);
      return this.read(id, context);
    });
  }

  private async read(id: string, context: OperationContext): Promise<TopUp> {
    requireId("top-up", id);
    const row = await context.loader(topUpsById).load(id);
    if (!row) throw new NotFoundFault("top-up", id);
    return shownTopUp(row);
  }
}
