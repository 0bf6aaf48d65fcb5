import {
  audit,
  type Currency,
  ForbiddenFault,
  homeOrganisation,
  InvalidInputFault,
  type Money,
  once,
  reasonOf,
  requireId,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { LARGEST_AMOUNT, type Leg, postEntry } from "../ledger/ledger.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import { InsufficientFundsFault } from "../orders/order.problems.js";
import { recover } from "../usage/recover.js";
import { walletById } from "./wallets.js";

/** As long as figures look back. */
const LONGEST_AGO = 3_660 * 86_400_000;

export interface Adjustment {
  walletId: string;
  /** Negative takes away. */
  amount: Money;
  reason: string;
  /** When it happened; now when left out. Never in the future. */
  eventAt: Date | null;
  idempotencyKey: string;
}

/**
 * A correcting entry, by an organisation above: against the book of what was written off, because nothing came in or
 * went out. What comes in pays debts and lets the wallet recover like any other money.
 * @returns the wallet's id.
 * @throws NotFoundFault; ForbiddenFault NOT_BELOW for one's own wallet, ORGANISATION_CLOSED for one that is shut;
 *   InvalidInputFault; InsufficientFundsFault beyond what is available; ConflictFault for a key used with another input.
 */
export const adjustWallet = (tx: Tx, wish: Adjustment, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  const claim = { organisationId: homeOrganisation(tx.caller), key, operation: "adjustWallet", input };
  return once(tx, claim, at, async () => {
    const walletId = requireId("wallet", wish.walletId);
    const reason = checked(wish, at);
    await tx.sql`select id from lock_reserves(${walletId})`;
    await tx.sql`select id from lock_wallet(${walletId})`;
    const row = await walletById(tx, walletId);
    requireBelow(tx, row.organisationId);
    const { minorUnits, currency } = wish.amount;
    if (currency !== row.currency) {
      throw InvalidInputFault.of("amount.currency", "OTHER_CURRENCY", `This wallet is in ${row.currency}.`);
    }
    requireCovered(row, minorUnits);
    const legs: Leg[] = [
      { walletId, account: "WALLET", amount: minorUnits },
      { walletId, account: "WRITE_OFF", amount: -minorUnits },
    ];
    const { organisationId } = row;
    const eventAt = wish.eventAt ?? at;
    const description = `Adjustment: ${reason}`;
    const entryId = await postEntry(tx, { organisationId, kind: "ADJUSTMENT", description, eventAt, legs });
    if (minorUnits > 0n) await recover(tx, walletId, at);
    await audit(tx, "billing", {
      action: "wallet:adjust",
      resource: "wallet",
      resourceId: walletId,
      organisationId,
      before: { available: row.available },
      after: { amount: minorUnits, currency, reason, entryId },
    });
    return walletId;
  });
};

/** @returns the reason without the blanks around it. */
const checked = ({ amount, reason, eventAt }: Adjustment, at: Date): string => {
  const text = reasonOf(reason);
  const { minorUnits } = amount;
  if (minorUnits === 0n || minorUnits > LARGEST_AMOUNT || minorUnits < -LARGEST_AMOUNT) {
    throw InvalidInputFault.of("amount.minorUnits", "OUT_OF_RANGE", "An adjustment is not zero, and not absurd.");
  }
  if (eventAt && eventAt > at) throw InvalidInputFault.of("eventAt", "FUTURE", "It cannot have happened yet.");
  if (eventAt && at.getTime() - eventAt.getTime() > LONGEST_AGO) {
    throw InvalidInputFault.of("eventAt", "OUT_OF_RANGE", "It happened at most ten years ago.");
  }
  return text;
};

/** Whoever sees the books from another organisation is above it: nobody else does. */
const requireBelow = (tx: Tx, organisationId: string): void => {
  if (requireUser(tx.caller).organisationId !== organisationId) return;
  const message = "A wallet is adjusted by an organisation above its own.";
  throw new ForbiddenFault(message, "NOT_BELOW", "wallet:adjust");
};

/** Money on hold and what a credit limit allows are not there to be taken away; what comes in is always welcome. */
const requireCovered = (row: WalletRow, minorUnits: bigint): void => {
  const free = row.posted - row.held;
  if (minorUnits > 0n || free + minorUnits >= 0n) return;
  const money = (amount: bigint): Money => ({ minorUnits: amount, currency: row.currency as Currency }); // its column is checked
  throw new InsufficientFundsFault(
    { available: money(free), needed: money(-minorUnits), shortfall: money(-minorUnits - free) },
    row.id,
  );
};
