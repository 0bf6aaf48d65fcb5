import type { Money as Amount } from "@tollgate/kit";
import {
  BigIntScalar,
  DateTime,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  Money,
  NotFoundProblem,
  ObjectType,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";

const LedgerLaw = graphEnum(
  "LedgerLaw",
  "The laws of the ledger.",
  "ENTRY_BALANCES",
  "WALLET_EQUALS_POSTINGS",
  "HELD_EQUALS_OPEN_HOLDS",
  "INVOICED_EQUALS_OPEN_INVOICES",
  "NEVER_BELOW_ZERO",
);

@ObjectType({ description: "A law that does not hold, where, and by how much." })
export class LedgerFinding {
  @Field(() => LedgerLaw)
  law: keyof typeof LedgerLaw;

  @Field(() => ID, { nullable: true })
  entryId: string | null;

  @Field(() => ID, { nullable: true })
  walletId: string | null;

  @Field(() => Money, { nullable: true })
  difference: Amount | null;
}

@ObjectType({ description: "intact is true when there are no findings." })
export class LedgerVerification {
  @Field(() => Boolean)
  intact: boolean;

  @Field(() => BigIntScalar)
  entries: bigint;

  @Field(() => Int)
  wallets: number;

  @Field(() => [LedgerFinding])
  findings: LedgerFinding[];

  @Field(() => DateTime)
  verifiedAt: Date;
}

@InputType({ description: "Everything in the estate when walletId is left out." })
export class VerifyLedgerInput {
  @Field(() => ID, { nullable: true })
  walletId?: string | null;
}

export const VerifyLedgerResult = resultUnion(
  "VerifyLedgerResult",
  [LedgerVerification],
  [NotFoundProblem, RateLimitedProblem],
);
