import type { Money as Amount, Currency } from "@tollgate/kit";
import {
  BigIntScalar,
  CurrencyScalar,
  connectionType,
  DateTime,
  Directive,
  Field,
  graphEnum,
  ID,
  InputType,
  Money,
  ObjectType,
  PeriodInput,
} from "@tollgate/kit/graphql";
import { owedOf } from "../ledger/balances.js";
import {
  ACCOUNTS,
  type Account,
  ENTRY_KINDS,
  type EntryKind,
  type PostingRow,
  type ReasonKind,
  type WalletState as State,
  type WalletRow,
} from "../ledger/ledger.schema.js";

export const WalletState: { [Key in State]: Key } = graphEnum(
  "WalletState",
  "LOW: under 72 hours. OUT_OF_FUNDS: a charge found too little, grace runs. STOPPED: grace is over. CLOSED: no movements.",
  "ACTIVE",
  "LOW",
  "OUT_OF_FUNDS",
  "STOPPED",
  "CLOSED",
);
export const LedgerEntryKind = graphEnum("LedgerEntryKind", "What moved the money.", ...ENTRY_KINDS);
export const LedgerAccount = graphEnum("LedgerAccount", "The books of double entry.", ...ACCOUNTS);

@InputType()
export class MoneyInput {
  @Field(() => BigIntScalar)
  minorUnits: bigint;

  @Field(() => CurrencyScalar)
  currency: Currency;
}

@InputType()
export class WalletFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [WalletState], { nullable: true })
  state?: State[] | null;

  @Field(() => CurrencyScalar, { nullable: true })
  currency?: Currency | null;
}

@InputType()
export class TransactionFilter {
  @Field(() => [LedgerEntryKind], { nullable: true })
  kind?: EntryKind[] | null;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput | null;

  @Field(() => MoneyInput, { nullable: true })
  minimum?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true })
  maximum?: MoneyInput | null;

  @Field(() => String, { nullable: true })
  search?: string | null;
}

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["wallet:read"]])')
@ObjectType({
  description:
    "Prepaid money of one organisation in one currency. available = posted - held + creditLimit, never below zero.",
})
export class Wallet {
  @Field(() => ID)
  id: string;

  organisationId: string;

  @Field(() => CurrencyScalar)
  currency: Currency;

  @Field(() => WalletState)
  state: State;

  @Field(() => Money)
  posted: Amount;

  @Field(() => Money)
  held: Amount;

  @Field(() => Money)
  creditLimit: Amount;

  @Field(() => Money)
  available: Amount;

  @Field(() => DateTime, {
    nullable: true,
    description: "Of OUT_OF_FUNDS: grace is paid from reserves; machines are powered off then.",
  })
  graceEndsAt: Date | null;

  @Field(() => Money, {
    description: "Debt of a chargeback or late usage; collected first from the next top-up, before anything resumes.",
  })
  owed: Amount;
}

/** A wallet as the graph shows it. */
export const shownWallet = (row: WalletRow): Wallet => {
  const { id, organisationId, currency, state } = row;
  const inCurrency = (minorUnits: bigint): Amount => ({ minorUnits, currency });
  return {
    id,
    organisationId,
    currency,
    state,
    posted: inCurrency(row.posted),
    held: inCurrency(row.held),
    creditLimit: inCurrency(row.creditLimit),
    available: inCurrency(row.available),
    graceEndsAt: row.graceEndsAt,
    owed: inCurrency(owedOf(row)),
  };
};

@Directive('@requiresScopes(scopes: [["wallet:read"]])')
@ObjectType({
  description: "Append-only; its postings sum to zero per currency. Corrections are entries of their own (reverses).",
})
export class LedgerEntry {
  @Field(() => ID)
  id: string;

  @Field(() => LedgerEntryKind)
  kind: EntryKind;

  @Field(() => String)
  description: string;

  @Field(() => DateTime, { description: "When it happened." })
  eventAt: Date;

  @Field(() => DateTime, { description: "When it was written." })
  recordedAt: Date;

  reversesId: string | null;

  reasonKind: ReasonKind | null;

  reasonId: string | null;
}

@Directive('@requiresScopes(scopes: [["wallet:read"]])')
@ObjectType({ description: "One leg of an entry. Positive amounts add to the account." })
export class Posting {
  @Field(() => ID)
  id: string;

  entryId: string;

  walletId: string;

  @Field(() => LedgerAccount)
  account: Account;

  @Field(() => Money)
  amount: Amount;

  @Field(() => Money)
  balanceBefore: Amount;

  @Field(() => Money)
  balanceAfter: Amount;
}

/** A posting as the graph shows it. */
export const shownPosting = (row: PostingRow): Posting => {
  const { id, entryId, walletId, account, currency } = row;
  const inCurrency = (minorUnits: bigint): Amount => ({ minorUnits, currency });
  return {
    id,
    entryId,
    walletId,
    account,
    amount: inCurrency(row.amount),
    balanceBefore: inCurrency(row.balanceBefore),
    balanceAfter: inCurrency(row.balanceAfter),
  };
};

export const WalletConnection = connectionType("Wallet", () => Wallet, { totalCount: true });
export const PostingConnection = connectionType("Posting", () => Posting, { totalCount: false });
