import type { Tx } from "@tollgate/kit";
import {
  Arg,
  ConflictProblem,
  Ctx,
  Directive,
  ForbiddenProblem,
  InvalidInputProblem,
  Mutation,
  NotFoundProblem,
  type OperationContext,
  outcome,
  Resolver,
  resultUnion,
} from "@tollgate/kit/graphql";
import { CouponProblem } from "../offers/coupon.problems.js";
import type { CouponGuesses } from "../offers/guessing.js";
import { InsufficientFundsProblem } from "../orders/order.problems.js";
import type { ProviderDirectory } from "../providers/directory.js";
import { requireOwnAddress } from "./addresses.js";
import { approveTopUp, noteSelfApproval, rejectTopUp, SelfApprovalFault } from "./deciding.js";
import type { Paying } from "./paying.js";
import { MOST_PROOF_BYTES, PROOF_TYPES, type Proofs } from "./proofs.js";
import type { Refunding } from "./refunding.js";
import { refundTopUp } from "./refunds.js";
import {
  ApproveTopUpInput,
  CancelTopUpInput,
  CreateProofUploadInput,
  PayTopUpInput,
  ReconcileTopUpInput,
  RefundTopUpInput,
  RejectTopUpInput,
  StartTopUpInput,
  SubmitTopUpProofInput,
} from "./topup.inputs.js";
import { AmountLimitProblem, ProviderFault, ProviderProblem } from "./topup.problems.js";
import { CreateProofUploadResult, TopUp } from "./topup.types.js";
import { topUpById } from "./topup-shown.js";
import { cancelTopUp, noteReconciling, resumeTopUp, startTopUp, submitProof } from "./topups.js";

const PARTNER = '@tag(name: "partner")';
const PAYS = '@requiresScopes(scopes: [["wallet:topUp"]])';
const DECIDES = '@requiresScopes(scopes: [["topUp:approve"]])';

const REFUNDS = '@requiresScopes(scopes: [["topUp:refund"]])';

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

interface ChangingParts {
  proofs: Proofs;
  providers: ProviderDirectory;
  paying: Paying;
  refunding: Refunding;
  guesses: CouponGuesses;
}

/** What changes top-ups. */
@Resolver()
export class TopUpChangesResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly parts: ChangingParts,
    private readonly publicUrl: string,
  ) {}

  @Directive(PAYS)
  @Directive(PARTNER)
  @Mutation(() => TopUpResult as never, {
    nullable: true,
    description:
      "Starts a payment with a provider; TopUp.step says what the person does next. Nothing is credited before the provider's word.",
  })
  async startTopUp(@Arg("input", () => StartTopUpInput) input: StartTopUpInput, @Ctx() context: OperationContext) {
    const { walletId, provider, couponCode = null, idempotencyKey } = input;
    const amount = { minorUnits: input.amount.minorUnits, currency: input.amount.currency };
    const wanted = { walletId, amount, provider, couponCode, idempotencyKey, returnUrl: input.returnUrl ?? null };
    if (couponCode) await this.parts.guesses.admit(context, couponCode);
    return this.change(
      context,
      (tx, at) => {
        requireOwnAddress(wanted.returnUrl, this.publicUrl);
        return startTopUp(tx, wanted, this.parts.providers, at);
      },
      (id) => this.parts.paying.begin(id),
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
      (id) => this.parts.paying.begin(id),
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
      (id) => this.parts.refunding.sendRefunds(id).catch(ignoreProvider),
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
      (id) => this.parts.paying.reconcile(id),
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
      const target = await context.write((tx) => this.parts.proofs.target(tx, topUpId, contentType));
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

  /** @param afterwards what goes over the network, when the change is written. */
  private change(
    context: OperationContext,
    work: (tx: Tx, at: Date) => Promise<string>,
    afterwards: (id: string) => Promise<void> = () => Promise.resolve(),
  ) {
    return outcome(TopUpResult, async () => {
      const id = await context
        .write((tx) => work(tx, this.clock()))
        .catch(async (error: unknown) => {
          // Somebody would decide about a payment of their own: that leaves a record, though nothing else is written.
          if (error instanceof SelfApprovalFault) await context.write((tx) => noteSelfApproval(tx, error.topUp));
          throw error;
        });
      await afterwards(id);
      return topUpById(id, context);
    });
  }
}
