import type { Tx } from "@tollgate/kit";
import { type Leg, postEntry, type Reason } from "../ledger/ledger.js";
import type { EntryKind } from "../ledger/ledger.schema.js";
import { recover } from "../usage/recover.js";
import type { TopUpRow } from "./topup.schema.js";

const reasonOf = ({ id }: TopUpRow): Reason => ({ kind: "TOP_UP", id });

/** Puts the money of a top-up into its wallet and lets that recover. @returns the entry. */
export const credit = async (tx: Tx, row: TopUpRow, at: Date): Promise<string> => {
  const { walletId, organisationId, amount, reference } = row;
  // Before the wallet is locked, as whoever settles a hold does.
  await tx.sql`select id from lock_reserves(${walletId})`;
  const legs: Leg[] = [
    { walletId, account: "WALLET", amount },
    { walletId, account: "PROVIDER_CLEARING", amount: -amount },
  ];
  const description = `Top-up ${reference}`;
  const entryId = await postEntry(tx, {
    organisationId,
    kind: "TOP_UP",
    description,
    eventAt: at,
    reason: reasonOf(row),
    legs,
  });
  await recover(tx, walletId, at);
  return entryId;
};

/** Money that can leave a wallet, credit not counted; the wallet stays locked until the transaction ends. */
export const lockAvailable = async (tx: Tx, walletId: string): Promise<bigint> => {
  const [row] = await tx.sql<{ available: bigint }[]>`
    select greatest(posted - held, 0)::bigint as available from lock_wallet(${walletId})`;
  if (!row) throw new Error("a top-up has no wallet");
  return row.available;
};

const LABELS = { REFUND: "Refund of", CHARGEBACK: "Chargeback of" } as const;

/**
 * Takes money of a top-up out of its wallet again: what is there, and the rest is owed.
 * @returns the entry.
 */
export const takeBack = async (
  tx: Tx,
  row: TopUpRow,
  kind: Extract<EntryKind, "REFUND" | "CHARGEBACK">,
  amount: bigint,
  at: Date,
): Promise<string> => {
  const { walletId, organisationId } = row;
  const available = await lockAvailable(tx, walletId);
  const there = available < amount ? available : amount;
  const legs: Leg[] = [
    { walletId, account: "WALLET" as const, amount: -there },
    { walletId, account: "RECEIVABLE" as const, amount: there - amount },
    { walletId, account: "PROVIDER_CLEARING" as const, amount },
  ].filter((leg) => leg.amount !== 0n);
  const description = `${LABELS[kind]} top-up ${row.reference}`;
  return postEntry(tx, {
    organisationId,
    kind,
    description,
    eventAt: at,
    reversesId: row.entryId,
    reason: reasonOf(row),
    legs,
  });
};

/** Puts back what was taken: the bank or the provider changed its mind. @returns the entry. */
export const giveBack = async (
  tx: Tx,
  row: TopUpRow,
  kind: Extract<EntryKind, "REFUND" | "CHARGEBACK">,
  amount: bigint,
  reversesId: string | null,
  at: Date,
): Promise<string> => {
  const { walletId, organisationId } = row;
  await tx.sql`select id from lock_reserves(${walletId})`;
  const legs: Leg[] = [
    { walletId, account: "WALLET", amount },
    { walletId, account: "PROVIDER_CLEARING", amount: -amount },
  ];
  const description = `${LABELS[kind]} top-up ${row.reference} did not stand`;
  const entryId = await postEntry(tx, {
    organisationId,
    kind,
    description,
    eventAt: at,
    reversesId,
    reason: reasonOf(row),
    legs,
  });
  await recover(tx, walletId, at);
  return entryId;
};
