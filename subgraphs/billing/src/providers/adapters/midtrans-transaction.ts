import { createHash } from "node:crypto";
import { isCurrency, isId, type Money } from "@tollgate/kit";
import type { MoneyBack, PaymentReport } from "../provider.js";
import { sameDigest } from "./digests.js";

/** A transaction in Midtrans' JSON, of a notification as of an answer. */
export type Transaction = ReadonlyMap<string, unknown>;

/** @returns null for what is no object. */
export const transactionOf = (value: unknown): Transaction | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;

/** A text of it; empty where there is none. */
export const textOf = (transaction: Transaction, name: string): string => {
  const value = transaction.get(name);
  return typeof value === "string" ? value : "";
};

/** `settlement`, `capture`, …; some ways of paying write it in capitals. */
export const statusOf = (transaction: Transaction): string => textOf(transaction, "transaction_status").toLowerCase();

/** Covers the order, the status code and the amount exactly as it is written, but neither of the two statuses. */
export const isSigned = (transaction: Transaction, serverKey: string): boolean => {
  const [order, code, amount] = ["order_id", "status_code", "gross_amount"].map((name) => textOf(transaction, name));
  if (!(order && code && amount)) return false;
  const right = createHash("sha512").update(`${order}${code}${amount}${serverKey}`).digest("hex");
  return sameDigest(textOf(transaction, "signature_key"), right);
};

/** `100000.00` in a currency that stands beside it, or not: Midtrans has rupiah only. */
const moneyOf = (transaction: Transaction, name: string): Money | null => {
  const [, whole, fraction = "00"] = /^(\d{1,15})(?:\.(\d\d))?$/.exec(textOf(transaction, name)) ?? [];
  const currency = textOf(transaction, "currency") || "IDR";
  return whole && isCurrency(currency) ? { minorUnits: BigInt(`${whole}${fraction}`), currency } : null;
};

const PAID = new Set(["settlement", "refund", "partial_refund", "chargeback", "partial_chargeback"]);
/**
 * Why nothing was paid, for who wanted to pay: `status_message` is about the request ("Success, transaction is found").
 * Not `deny`: the person may try another card with the same token.
 */
const NEVER_PAID: ReadonlyMap<string, string> = new Map([
  ["expire", "The payment was not made in time."],
  ["cancel", "The payment was cancelled at Midtrans."],
  ["failure", "The payment did not go through."],
]);

const stateOf = (transaction: Transaction): PaymentReport["state"] => {
  const status = statusOf(transaction);
  const fraud = textOf(transaction, "fraud_status").toLowerCase();
  if (NEVER_PAID.has(status)) return "FAILED";
  if (status === "capture") return fraud === "accept" ? "PAID" : "PENDING";
  return PAID.has(status) && (fraud === "accept" || !fraud) ? "PAID" : "PENDING";
};

/** What a cancelled payment is called as a refund: there is one at most. */
export const cancellationOf = (paymentReference: string): string => `cancel-${paymentReference}`;

const refundsOf = (transaction: Transaction, paymentReference: string): MoneyBack[] => {
  const refunds = transaction.get("refunds");
  return (Array.isArray(refunds) ? refunds : []).flatMap((each): MoneyBack[] => {
    const refund = transactionOf(each);
    const refundReference = refund ? textOf(refund, "refund_key") : "";
    if (!(refund && refundReference)) return [];
    const amount = moneyOf(refund, "refund_amount");
    // Those that were made in the merchant portal have keys of Midtrans'.
    const ours = isId(refundReference) ? refundReference : null;
    return [{ kind: "REFUND", paymentReference, refundReference, ours, amount }];
  });
};

/** What went back to the payer, as far as it tells. */
const moneyBackOf = (transaction: Transaction): MoneyBack[] => {
  const paymentReference = textOf(transaction, "transaction_id");
  if (!paymentReference) return [];
  const [status, whole] = [statusOf(transaction), moneyOf(transaction, "gross_amount")];
  // A captured card that is cancelled before it is settled: what never was captured has no approval of a bank.
  if (status === "cancel" && textOf(transaction, "approval_code")) {
    const refundReference = cancellationOf(paymentReference);
    return [{ kind: "REFUND", paymentReference, refundReference, ours: null, amount: whole }];
  }
  const refunds = refundsOf(transaction, paymentReference);
  if (status === "chargeback") return [...refunds, { kind: "CHARGEBACK", paymentReference, amount: whole }];
  if (status !== "partial_chargeback") return refunds;
  // Which part is written nowhere: an amount that is not known is refused, so that somebody looks.
  const refundReference = `partial-chargeback-${paymentReference}`;
  return [...refunds, { kind: "REFUND", paymentReference, refundReference, ours: null, amount: null }];
};

/** A transaction as it is reported. */
export const reportOf = (transaction: Transaction, reference: string): PaymentReport => {
  const state = stateOf(transaction);
  return {
    reference,
    state,
    amount: state === "PAID" ? moneyOf(transaction, "gross_amount") : null,
    paymentReference: textOf(transaction, "transaction_id") || null,
    reason: state === "FAILED" ? (NEVER_PAID.get(statusOf(transaction)) ?? null) : null,
    moneyBack: moneyBackOf(transaction),
  };
};

/** Whether a refund with this key is among those that were made. */
export const hasRefund = (transaction: Transaction, refundId: string): boolean =>
  moneyBackOf(transaction).some((each) => each.kind === "REFUND" && each.ours === refundId);
