import type { Tx } from "@tollgate/kit";
import { lockInvoice, payWithTopUp } from "../invoices/paying.js";
import { partFromWallet } from "../ledger/balances.js";
import { type Leg, postEntry, type Reason } from "../ledger/ledger.js";
import type { Account, EntryKind } from "../ledger/ledger.schema.js";
import { recover } from "../usage/recover.js";
import { walletById } from "../wallet/wallets.js";
import { bonusGone, bonusToCredit } from "./bonus.js";
import type { TopUpRow } from "./topup.schema.js";

const reasonOf = ({ id }: TopUpRow): Reason => ({ kind: "TOP_UP", id });

/** What is written to a top-up that was credited. */
export type Credited = Pick<TopUpRow, "entryId" | "bonus" | "bonusEntryId">;

/** Puts the money of a top-up into its wallet, with what its coupon adds, and lets that recover. */
export const credit = async (tx: Tx, row: TopUpRow, at: Date): Promise<Credited> => {
  const { walletId, organisationId, amount, reference, invoiceId } = row;
  // Invoices and coupons are locked before wallets.
  const invoice = invoiceId === null ? null : await lockInvoice(tx, invoiceId);
  const bonus = await bonusToCredit(tx, row, at);
  // Before the wallet is locked, as whoever settles a hold does.
  await tx.sql`select id from lock_reserves(${walletId})`;
  const about = { organisationId, eventAt: at, reason: reasonOf(row) };
  const into = (account: Account, minorUnits: bigint): Leg[] => [
    { walletId, account: "WALLET", amount: minorUnits },
    { walletId, account, amount: -minorUnits },
  ];
  const legs = into("PROVIDER_CLEARING", amount);
  const entryId = await postEntry(tx, { ...about, kind: "TOP_UP", description: `Top-up ${reference}`, legs });
  const description = `Coupon ${row.couponCode} on top-up ${reference}`;
  const bonusEntryId =
    bonus === 0n
      ? null
      : await postEntry(tx, { ...about, kind: "PROMOTION", description, legs: into("PROMOTIONS", bonus) });
  // Before anything else takes of the money: that is what it was paid for.
  if (invoice) await payWithTopUp(tx, row, invoice, at);
  await recover(tx, walletId, at);
  return { entryId, bonus, bonusEntryId };
};

/** Money that can leave a wallet, credit not counted; the wallet stays locked until the transaction ends. */
export const lockAvailable = async (tx: Tx, walletId: string): Promise<bigint> => {
  const [row] = await tx.sql<{ available: bigint }[]>`
    select greatest(posted - held, 0)::bigint as available from lock_wallet(${walletId})`;
  if (!row) throw new Error("a top-up has no wallet");
  return row.available;
};

const LABELS = { REFUND: "Refund of", CHARGEBACK: "Chargeback of" } as const;

/** How a top-up stands after money of it moved. */
export interface Moved {
  entryId: string;
  bonusReturned: bigint;
}

/** Minor units of the bonus that leave the wallet together with so much of the payment. */
export const bonusWith = (row: TopUpRow, amount: bigint): bigint =>
  bonusGone(row, row.refunded + row.chargedBack + amount) - row.bonusReturned;

/**
 * Takes money of a top-up out of its wallet again, with the part of the bonus that came with it: what is there, and the
 * rest is owed.
 */
export const takeBack = async (
  tx: Tx,
  row: TopUpRow,
  kind: Extract<EntryKind, "REFUND" | "CHARGEBACK">,
  amount: bigint,
  at: Date,
): Promise<Moved> => {
  const { walletId, organisationId } = row;
  const bonus = bonusWith(row, amount);
  const total = amount + bonus;
  await tx.sql`select id from lock_wallet(${walletId})`;
  const there = partFromWallet(await walletById(tx, walletId), total);
  const legs: Leg[] = [
    { walletId, account: "WALLET" as const, amount: -there },
    { walletId, account: "RECEIVABLE" as const, amount: there - total },
    { walletId, account: "PROVIDER_CLEARING" as const, amount },
    { walletId, account: "PROMOTIONS" as const, amount: bonus },
  ].filter((leg) => leg.amount !== 0n);
  const description = `${LABELS[kind]} top-up ${row.reference}`;
  const about = { organisationId, kind, description, eventAt: at, reversesId: row.entryId, reason: reasonOf(row) };
  const entryId = await postEntry(tx, { ...about, legs });
  return { entryId, bonusReturned: row.bonusReturned + bonus };
};

/** Puts back what was taken: the bank or the provider changed its mind. */
export const giveBack = async (
  tx: Tx,
  row: TopUpRow,
  kind: Extract<EntryKind, "REFUND" | "CHARGEBACK">,
  amount: bigint,
  reversesId: string | null,
  at: Date,
): Promise<Moved> => {
  const { walletId, organisationId } = row;
  const bonusReturned = bonusGone(row, row.refunded + row.chargedBack - amount);
  const bonus = row.bonusReturned - bonusReturned;
  await tx.sql`select id from lock_reserves(${walletId})`;
  const legs: Leg[] = [
    { walletId, account: "WALLET" as const, amount: amount + bonus },
    { walletId, account: "PROVIDER_CLEARING" as const, amount: -amount },
    { walletId, account: "PROMOTIONS" as const, amount: -bonus },
  ].filter((leg) => leg.amount !== 0n);
  const description = `${LABELS[kind]} top-up ${row.reference} did not stand`;
  const about = { organisationId, kind, description, eventAt: at, reversesId, reason: reasonOf(row) };
  const entryId = await postEntry(tx, { ...about, legs });
  await recover(tx, walletId, at);
  return { entryId, bonusReturned };
};
