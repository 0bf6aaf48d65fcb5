import { type Currency, InvalidInputFault, newEventId, once, type Tx } from "@tollgate/kit";
import { and, eq, inArray } from "drizzle-orm";
import { type Account, type EntryKind, type ReasonKind, wallet } from "./ledger.schema.js";

/** One leg to be posted; positive adds to the book. */
export interface Leg {
  walletId: string;
  account: Account;
  /** Minor units of the wallet's currency. */
  amount: bigint;
  /** Of RECEIVABLE: the debt is put on an invoice, or leaves it, and is not collected from what comes in. */
  onInvoice?: boolean;
}

/** What an entry comes from, by its id. */
export interface Reason {
  kind: ReasonKind;
  id: string;
}

export interface NewEntry {
  /** Whose books it is written for. */
  organisationId: string;
  kind: EntryKind;
  description: string;
  /** When it happened; when it is written is noted besides. */
  eventAt: Date;
  reversesId?: string | null;
  reason?: Reason | null;
  legs: readonly Leg[];
}

/**
 * Writes an entry and moves the balances of its wallets.
 * @returns the entry's id.
 * @throws Fault INSUFFICIENT_FUNDS when a wallet would go below zero; NotFoundFault for a wallet out of sight.
 */
export const postEntry = async (tx: Tx, entry: NewEntry): Promise<string> => {
  const entryId = newEventId();
  const { legs, reason } = entry;
  await tx.sql`
    select post_entry(${entryId}, ${entry.organisationId}, ${entry.kind}, ${entry.description},
      ${entry.eventAt.toISOString()}, ${entry.reversesId ?? null},
      ${legs.map((leg) => leg.walletId)}::uuid[], ${legs.map((leg) => leg.account)}::text[],
      ${legs.map((leg) => leg.amount.toString())}::bigint[],
      ${reason?.kind ?? null}, ${reason?.id ?? null}, ${legs.map((leg) => `${leg.onInvoice ?? false}`)}::text[]::boolean[])`;
  return entryId;
};

/** Wallets in one currency for those organisations that have none yet. */
export const openWallets = async (tx: Tx, organisationIds: readonly string[], currency: Currency): Promise<void> => {
  if (organisationIds.length === 0) return;
  await tx.sql`select open_wallets(${[...organisationIds]}::uuid[], ${currency})`;
};

const knownWallet = async (tx: Tx, organisationId: string, currency: Currency): Promise<string | null> => {
  const [row] = await tx.db
    .select({ id: wallet.id })
    .from(wallet)
    .where(and(eq(wallet.organisationId, organisationId), eq(wallet.currency, currency)));
  return row?.id ?? null;
};

/** The organisation's wallet in this currency, made on first use. */
export const walletFor = async (tx: Tx, organisationId: string, currency: Currency): Promise<string> => {
  const known = await knownWallet(tx, organisationId, currency);
  if (known !== null) return known;
  await openWallets(tx, [organisationId], currency);
  const opened = await knownWallet(tx, organisationId, currency);
  if (opened === null) throw new Error("open_wallets opened none");
  return opened;
};

/** Wallets of several organisations, each in a currency, made on first use; in the order of what was asked for. */
export const walletsFor = async (
  tx: Tx,
  wanted: readonly { organisationId: string; currency: Currency }[],
): Promise<string[]> => {
  const keyOf = ({ organisationId, currency }: (typeof wanted)[number]) => `${organisationId} ${currency}`;
  const first = new Map(wanted.map((one) => [keyOf(one), one]));
  const organisationIds = wanted.map(({ organisationId }) => organisationId);
  const rows = await tx.db
    .select({ id: wallet.id, organisationId: wallet.organisationId, currency: wallet.currency })
    .from(wallet)
    .where(inArray(wallet.organisationId, [...new Set(organisationIds)]));
  const known = new Map(rows.map((row) => [keyOf(row), row.id]));
  for (const [key, { organisationId, currency }] of first) {
    if (!known.has(key)) known.set(key, await walletFor(tx, organisationId, currency));
  }
  return wanted.map((one) => known.get(keyOf(one)) ?? "");
};

/** Whether the organisation's money has ended. */
export const isClosed = async (tx: Tx, organisationId: string): Promise<boolean> => {
  const shut = and(eq(wallet.organisationId, organisationId), eq(wallet.state, "CLOSED"));
  const [row] = await tx.db.select({ id: wallet.id }).from(wallet).where(shut).limit(1);
  return row !== undefined;
};

export interface Credit {
  organisationId: string;
  currency: Currency;
  /** At least 1. */
  minorUnits: bigint;
  description: string;
  /** When the money came. */
  at: Date;
  idempotencyKey: string;
}

/** A thousand million million: beyond it an amount is a mistake. */
export const LARGEST_AMOUNT = 10n ** 15n;

/**
 * Money that came in from outside, through the clearing book; once per key.
 * @throws InvalidInputFault unless 1 ≤ minorUnits ≤ 10^15; ConflictFault for a key used with another input.
 */
export const creditWallet = async (tx: Tx, credit: Credit): Promise<{ entryId: string; walletId: string }> => {
  const { organisationId, currency, minorUnits, description, at, idempotencyKey } = credit;
  if (minorUnits < 1n || minorUnits > LARGEST_AMOUNT) {
    throw InvalidInputFault.of("amount", "OUT_OF_RANGE", "An amount must be positive and not absurd.");
  }
  const input = { currency, minorUnits, description, at };
  return await once(tx, { organisationId, key: idempotencyKey, operation: "credit", input }, at, async () => {
    const walletId = await walletFor(tx, organisationId, currency);
    const legs: Leg[] = [
      { walletId, account: "WALLET", amount: minorUnits },
      { walletId, account: "PROVIDER_CLEARING", amount: -minorUnits },
    ];
    const entryId = await postEntry(tx, { organisationId, kind: "TOP_UP", description, eventAt: at, legs });
    return { entryId, walletId };
  });
};
