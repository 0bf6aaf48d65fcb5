import {
  Arg,
  ConflictProblem,
  Ctx,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  ID,
  InputType,
  InvalidInputProblem,
  Mutation,
  NotFoundProblem,
  type OperationContext,
  outcome,
  Resolver,
  resultUnion,
} from "@tollgate/kit/graphql";
import { InsufficientFundsProblem } from "../orders/order.problems.js";
import { adjustWallet } from "./adjusting.js";
import { MoneyInput, shownWallet, Wallet } from "./wallet.types.js";
import { walletById } from "./wallets.js";

const WalletResult = resultUnion(
  "WalletResult",
  [Wallet],
  [InsufficientFundsProblem, NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType()
export class AdjustWalletInput {
  @Field(() => ID)
  walletId: string;

  @Field(() => MoneyInput)
  amount: MoneyInput;

  @Field(() => String)
  reason: string;

  @Field(() => DateTime, { nullable: true })
  eventAt?: Date | null;

  @Field(() => String)
  idempotencyKey: string;
}

@Resolver(() => Wallet)
export class AdjustingResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["wallet:adjust"]])')
  @Mutation(() => WalletResult as never, {
    nullable: true,
    description: "A correcting entry with a reason, by an organisation above; negative takes away, never below zero.",
  })
  adjustWallet(@Arg("input", () => AdjustWalletInput) input: AdjustWalletInput, @Ctx() context: OperationContext) {
    return outcome(WalletResult, async () => {
      const adjustment = { ...input, eventAt: input.eventAt ?? null };
      const walletId = await context.writeInLane(`wallet ${input.walletId}`, (tx) =>
        adjustWallet(tx, adjustment, this.clock()),
      );
      return shownWallet(await context.read((tx) => walletById(tx, walletId)));
    });
  }
}
