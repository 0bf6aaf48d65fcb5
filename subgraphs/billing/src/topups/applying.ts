import type { Tx } from "@tollgate/kit";
import type { MoneyBack, NoticeEffect, PaymentReport } from "../providers/provider.js";
import { applyRefund } from "./refunds.js";
import { type Applied, applyChargeback, applyReport } from "./reports.js";
import type { TopUpRow } from "./topup.schema.js";
import { lockTopUp } from "./writing.js";

const applyMoneyBack = (tx: Tx, row: TopUpRow, told: MoneyBack, at: Date): Promise<Applied> =>
  told.kind === "REFUND" || told.kind === "REFUND_FAILED"
    ? applyRefund(tx, row, told, at)
    : applyChargeback(tx, row, told, at);

/** What matters most of two: that something was refused, then that something changed. */
const both = (one: Applied, other: Applied): Applied => {
  if (one.state === "REFUSED") return one;
  return other.state === "DUPLICATE" ? one : other;
};

/** Applies a report to its top-up, which is locked, with the money that went back since. */
export const applyWhole = async (tx: Tx, row: TopUpRow, report: PaymentReport, at: Date): Promise<Applied> => {
  let result = await applyReport(tx, row, report, at);
  for (const told of report.moneyBack ?? []) {
    const now = await lockTopUp(tx, row.id);
    // What never was credited, or is another payment than the one that was, takes nothing from the wallet.
    if (now.entryId === null || now.paymentReference !== told.paymentReference) continue;
    result = both(result, await applyMoneyBack(tx, now, told, at));
  }
  return result;
};

/** Applies what a webhook says to its top-up, which is locked; null: there is none. */
export const applyEffect = async (tx: Tx, row: TopUpRow | null, effect: NoticeEffect, at: Date): Promise<Applied> => {
  if (effect.kind === "NOTHING" || effect.kind === "ASK") return { state: "APPLIED", problem: null };
  if (!row) return { state: "REFUSED", problem: "This is no payment of ours." };
  return effect.kind === "PAYMENT" ? applyWhole(tx, row, effect.report, at) : applyMoneyBack(tx, row, effect, at);
};
