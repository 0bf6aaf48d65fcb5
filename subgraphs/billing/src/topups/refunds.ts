import { formatMoney, InvalidInputFault, type Money, type Tx } from "@tollgate/kit";
import { and, eq } from "drizzle-orm";
import { InsufficientFundsFault } from "../orders/order.problems.js";
import type { NoticeEffect } from "../providers/provider.js";
import { onceFor, personOf } from "../quotes/quotes.js";
import { bonusWith, giveBack, lockAvailable, takeBack } from "./crediting.js";
import { requireAbove } from "./deciding.js";
import { type RefundRow, refund } from "./refund.schema.js";
import { type Applied, refusedAsClosed } from "./reports.js";
import type { TopUpRow } from "./topup.schema.js";
import { lockTopUp, record, refuse, requireState, tell, writeTopUp } from "./writing.js";

export interface WantedRefund {
  topUpId: string;
  /** All that is left when left out. */
  amount?: Money | null;
  reason: string;
  idempotencyKey: string;
}

const leftOf = ({ amount, refunded, chargedBack }: TopUpRow): bigint => amount - refunded - chargedBack;

const amountOf = (row: TopUpRow, wanted: Money | null): bigint => {
  const left = leftOf(row);
  if (!wanted) return left;
  if (wanted.currency !== row.currency) {
    throw InvalidInputFault.of("amount.currency", "OTHER_CURRENCY", `This top-up was paid in ${row.currency}.`);
  }
  if (wanted.minorUnits < 1n || wanted.minorUnits > left) {
    const most = formatMoney({ minorUnits: left, currency: row.currency });
    throw InvalidInputFault.of("amount", "OUT_OF_RANGE", `At most ${most} of this top-up can go back.`);
  }
  return wanted.minorUnits;
};

/** @throws InsufficientFundsFault where it is not in the wallet any more. */
const requireAvailable = async (tx: Tx, row: TopUpRow, refunded: bigint): Promise<void> => {
  const { walletId, currency } = row;
  const amount = refunded + bonusWith(row, refunded);
  const available = await lockAvailable(tx, walletId);
  if (available >= amount) return;
  const money = (minorUnits: bigint) => ({ minorUnits, currency });
  const shortfall = money(amount - available);
  const funds = { available: money(available), needed: money(amount), shortfall };
  throw new InsufficientFundsFault(funds, walletId);
};

const stateAfter = (row: TopUpRow, refunded: bigint) =>
  refunded + row.chargedBack === row.amount && row.chargedBack === 0n ? ("REFUNDED" as const) : row.state;

/**
 * Takes the money from the wallet; a manual transfer is paid back by whoever decided so, a provider is asked afterwards.
 * @returns the top-up's id.
 * @throws ForbiddenFault for the payer's own people; InsufficientFundsFault; ConflictFault; InvalidInputFault.
 */
export const refundTopUp = (tx: Tx, wanted: WantedRefund, at: Date): Promise<string> => {
  const { topUpId, amount: asked = null, idempotencyKey: key } = wanted;
  const reason = wanted.reason.trim();
  const input = { topUpId, amount: asked, reason };
  return onceFor(tx, { organisationId: topUpId, key, operation: "refundTopUp", input }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    requireAbove(tx, row);
    requireState(row, ["SUCCEEDED"]);
    if (reason === "" || reason.length > 500) {
      throw InvalidInputFault.of("reason", "REQUIRED", "Say why, in at most 500 characters.");
    }
    const amount = amountOf(row, asked);
    await requireAvailable(tx, row, amount);
    const { entryId, bonusReturned } = await takeBack(tx, row, "REFUND", amount, at);
    const isManual = row.provider === "MANUAL";
    await tx.db.insert(refund).values({
      organisationId: row.organisationId,
      topUpId: row.id,
      amount,
      reason,
      state: isManual ? "DONE" : "REQUESTED",
      entryId,
      requestedBy: personOf(tx),
      createdAt: at,
      settledAt: isManual ? at : null,
    });
    const refunded = row.refunded + amount;
    const next = await writeTopUp(tx, row.id, { refunded, bonusReturned, state: stateAfter(row, refunded) });
    await record(
      tx,
      "topUp:refund",
      next,
      { state: next.state, refunded, bonusReturned, reason },
      { refunded: row.refunded },
    );
    await tell(tx, next, "REFUNDED", at, { amount, reason });
    return next.id;
  });
};

/** The provider did not pay it out: the money is in the wallet again. The top-up is locked. */
export const returnRefund = async (tx: Tx, row: TopUpRow, failed: RefundRow, problem: string, at: Date) => {
  const { entryId: returnedEntryId, bonusReturned } = await giveBack(
    tx,
    row,
    "REFUND",
    failed.amount,
    failed.entryId,
    at,
  );
  const values = { state: "FAILED", returnedEntryId, problem: problem.slice(0, 300), settledAt: at } as const;
  await tx.db.update(refund).set(values).where(eq(refund.id, failed.id));
  const refunded = row.refunded - failed.amount;
  const state = row.state === "REFUNDED" ? "SUCCEEDED" : row.state;
  const next = await writeTopUp(tx, row.id, { refunded, bonusReturned, state });
  await record(tx, "topUp:refund", next, { state, refunded, problem }, { refunded: row.refunded });
  await tell(tx, next, "REFUND_FAILED", at, { amount: failed.amount, reason: problem.slice(0, 300) });
};

/** Notes the provider's name for a refund, and that it was paid out. */
export const noteRefund = async (
  tx: Tx,
  id: string,
  refundReference: string,
  isDone: boolean,
  at: Date,
): Promise<void> => {
  const done = isDone ? { state: "DONE" as const, settledAt: at } : {};
  await tx.db
    .update(refund)
    .set({ refundReference, ...done })
    .where(and(eq(refund.id, id), eq(refund.state, "REQUESTED")));
};

type RefundNotice = Extract<NoticeEffect, { kind: "REFUND" | "REFUND_FAILED" }>;

/** Which of the top-up's refunds a notice is about: by its name, by ours, or the one of that amount still on its way. */
const refundOf = async (tx: Tx, row: TopUpRow, notice: RefundNotice): Promise<RefundRow | null> => {
  const rows = await tx.db.select().from(refund).where(eq(refund.topUpId, row.id)).orderBy(refund.createdAt);
  const amount = notice.amount?.minorUnits;
  return (
    rows.find((one) => one.refundReference === notice.refundReference) ??
    rows.find((one) => one.id === notice.ours) ??
    rows.find((one) => one.state === "REQUESTED" && one.amount === amount) ??
    null
  );
};

/**
 * Applies what a provider says of a refund. One that was made at the provider, past us, is taken from the wallet too;
 * what is not there any more is owed.
 */
export const applyRefund = async (tx: Tx, row: TopUpRow, notice: RefundNotice, at: Date): Promise<Applied> => {
  const known = await refundOf(tx, row, notice);
  if (notice.kind === "REFUND_FAILED") {
    if (!known || known.state === "FAILED") return { state: "DUPLICATE", problem: null };
    const shut = await refusedAsClosed(tx, row, notice, at);
    if (shut) return shut;
    await returnRefund(tx, row, known, notice.reason, at);
    return { state: "APPLIED", problem: null };
  }
  if (known) {
    if (known.state !== "REQUESTED") return { state: "DUPLICATE", problem: null };
    await noteRefund(tx, known.id, notice.refundReference, true, at);
    return { state: "APPLIED", problem: null };
  }
  const { amount } = notice;
  if (!amount || amount.currency !== row.currency || amount.minorUnits < 1n || amount.minorUnits > leftOf(row)) {
    const problem = "The provider tells of a refund that this top-up has no money for.";
    await refuse(tx, row, problem, notice, at);
    return { state: "REFUSED", problem };
  }
  const shut = await refusedAsClosed(tx, row, notice, at);
  if (shut) return shut;
  const { entryId, bonusReturned } = await takeBack(tx, row, "REFUND", amount.minorUnits, at);
  const { organisationId, id: topUpId } = row;
  const { refundReference } = notice;
  const times = { createdAt: at, settledAt: at };
  const made = { organisationId, topUpId, amount: amount.minorUnits, entryId, refundReference, ...times };
  await tx.db.insert(refund).values({ ...made, reason: "Made at the provider", state: "DONE" });
  const refunded = row.refunded + amount.minorUnits;
  const next = await writeTopUp(tx, row.id, { refunded, bonusReturned, state: stateAfter(row, refunded) });
  await record(tx, "topUp:refund", next, { state: next.state, refunded, bonusReturned }, { refunded: row.refunded });
  await tell(tx, next, "REFUNDED", at, { amount: amount.minorUnits, reason: "Made at the provider" });
  return { state: "APPLIED", problem: null };
};
