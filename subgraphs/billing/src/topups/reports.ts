import { formatMoney, type Tx } from "@tollgate/kit";
import { and, eq } from "drizzle-orm";
import type { NoticeEffect, OnlineProvider, PaymentReport } from "../providers/provider.js";
import { walletById } from "../wallet/wallets.js";
import { releaseBonus } from "./bonus.js";
import { credit, giveBack, takeBack } from "./crediting.js";
import { type TopUpRow, topUp } from "./topup.schema.js";
import { record, refuse, tell, writeTopUp } from "./writing.js";

/** What came of something that a provider told. */
export type Applied = { state: "APPLIED" | "DUPLICATE"; problem: null } | { state: "REFUSED"; problem: string };

const APPLIED: Applied = { state: "APPLIED", problem: null };
const DUPLICATE: Applied = { state: "DUPLICATE", problem: null };

/** Under which the provider knows the newest attempt. */
export const attemptReference = ({ reference, attempt }: TopUpRow): string =>
  attempt <= 1 ? reference : `${reference}-${attempt}`;

/** The top-up that a provider's reference leads to, locked; null for none of ours. */
export const lockByReference = async (
  tx: Tx,
  provider: OnlineProvider,
  reference: string,
): Promise<TopUpRow | null> => {
  const [, ours] = /^(TG-\d{6,18})(?:-\d{1,6})?$/.exec(reference) ?? [];
  if (!ours) return null;
  const found = and(eq(topUp.provider, provider), eq(topUp.reference, ours));
  const [row] = await tx.db.select().from(topUp).where(found).for("update");
  return row ?? null;
};

/** The one that was credited for a payment, locked; null for none. */
export const lockByPayment = async (
  tx: Tx,
  provider: OnlineProvider,
  paymentReference: string,
): Promise<TopUpRow | null> => {
  const found = and(eq(topUp.provider, provider), eq(topUp.paymentReference, paymentReference));
  const [row] = await tx.db.select().from(topUp).where(found).for("update");
  return row ?? null;
};

const refused = async (tx: Tx, row: TopUpRow, problem: string, told: unknown, at: Date): Promise<Applied> => {
  await refuse(tx, row, problem, told, at);
  return { state: "REFUSED", problem };
};

/**
 * Money that comes or goes once an organisation is closed moves nothing here: its books are shut for good. Somebody has to
 * see to it at the provider. @returns null while they are open.
 */
export const refusedAsClosed = async (tx: Tx, row: TopUpRow, told: unknown, at: Date): Promise<Applied | null> => {
  if ((await walletById(tx, row.walletId)).state !== "CLOSED") return null;
  return refused(tx, row, "Its organisation is closed, so this has to be settled at the provider.", told, at);
};

const isCredited = ({ entryId }: TopUpRow): boolean => entryId !== null;

const pay = async (tx: Tx, row: TopUpRow, report: PaymentReport, at: Date): Promise<Applied> => {
  const { amount, paymentReference } = report;
  if (!amount || amount.currency !== row.currency || amount.minorUnits !== row.amount) {
    const asked = formatMoney({ minorUnits: row.amount, currency: row.currency });
    const paid = amount ? formatMoney(amount) : "an amount that is not understood";
    return refused(tx, row, `The provider tells of ${paid}; ${asked} were asked for.`, report, at);
  }
  if (isCredited(row)) {
    if (paymentReference === null || paymentReference === row.paymentReference) return DUPLICATE;
    return refused(tx, row, "This top-up was paid twice: the second payment has to go back.", report, at);
  }
  const shut = await refusedAsClosed(tx, row, report, at);
  if (shut) return shut;
  const before = row.state;
  const credited = await credit(tx, row, at);
  const paid = {
    ...credited,
    state: "SUCCEEDED",
    paymentReference,
    settledAt: at,
    step: null,
    failureReason: null,
  } as const;
  const next = await writeTopUp(tx, row.id, paid);
  await record(tx, "wallet:topUp", next, { state: next.state, amount: next.amount }, { state: before });
  await tell(tx, next, "SUCCEEDED", at);
  return APPLIED;
};

const fail = async (tx: Tx, row: TopUpRow, report: PaymentReport, at: Date): Promise<Applied> => {
  const isOpen = row.state === "INITIALISED" || row.state === "PENDING";
  // An attempt that was given up for a newer one says nothing of that.
  if (!isOpen || report.reference !== attemptReference(row)) return DUPLICATE;
  const failureReason = report.reason?.slice(0, 300) ?? "The payment failed.";
  const next = await writeTopUp(tx, row.id, { state: "FAILED", failureReason, settledAt: at, step: null });
  await releaseBonus(tx, next, at);
  await record(tx, "wallet:topUp", next, { state: next.state, failureReason }, { state: row.state });
  await tell(tx, next, "FAILED", at, { reason: failureReason });
  return APPLIED;
};

/**
 * Applies what a provider says of a payment to its top-up, which is locked. Repeated, late or in another order it comes
 * to the same: a success credits once, whatever came before, and nothing takes it back but a refund or a chargeback.
 */
export const applyReport = (tx: Tx, row: TopUpRow, report: PaymentReport, at: Date): Promise<Applied> => {
  if (report.state === "PAID") return pay(tx, row, report, at);
  if (report.state === "FAILED") return fail(tx, row, report, at);
  return Promise.resolve(DUPLICATE);
};

type Chargeback = Extract<NoticeEffect, { kind: "CHARGEBACK" | "CHARGEBACK_REVERSED" }>;

/** The payer's bank took money back, or gave it again. What is not in the wallet any more is owed. */
export const applyChargeback = async (tx: Tx, row: TopUpRow, effect: Chargeback, at: Date): Promise<Applied> => {
  if (effect.amount && effect.amount.currency !== row.currency) {
    return refused(tx, row, "The chargeback is in another currency.", effect, at);
  }
  if (effect.kind === "CHARGEBACK_REVERSED") {
    if (row.chargedBack === 0n) return DUPLICATE;
    const shut = await refusedAsClosed(tx, row, effect, at);
    if (shut) return shut;
    const { bonusReturned } = await giveBack(tx, row, "CHARGEBACK", row.chargedBack, null, at);
    const next = await writeTopUp(tx, row.id, { state: "SUCCEEDED", chargedBack: 0n, bonusReturned });
    await record(tx, "wallet:topUp", next, { state: next.state }, { state: row.state, chargedBack: row.chargedBack });
    await tell(tx, next, "CHARGEBACK_REVERSED", at, { amount: row.chargedBack });
    return APPLIED;
  }
  if (row.chargedBack > 0n) return DUPLICATE;
  const left = row.amount - row.refunded;
  const asked = effect.amount?.minorUnits ?? left;
  if (!isCredited(row) || asked <= 0n || asked > left) {
    return refused(tx, row, "More is charged back than this top-up still has.", effect, at);
  }
  const shut = await refusedAsClosed(tx, row, effect, at);
  if (shut) return shut;
  const { bonusReturned } = await takeBack(tx, row, "CHARGEBACK", asked, at);
  const next = await writeTopUp(tx, row.id, { state: "CHARGED_BACK", chargedBack: asked, bonusReturned });
  await record(tx, "wallet:topUp", next, { state: next.state, chargedBack: asked }, { state: row.state });
  await tell(tx, next, "CHARGED_BACK", at, { amount: asked });
  return APPLIED;
};
