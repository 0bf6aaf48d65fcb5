import { createHash, randomUUID } from "node:crypto";
import type { WebhookRequest } from "../provider.js";
import { type Checkout, json, type Reply, remember, type SimulatedProvider, type TakenRequest } from "./simulated.js";

const SERVER_KEY = "SB-Mid-server-simulated";
const CLIENT_KEY = "SB-Mid-client-simulated";

interface Refund {
  refund_chargeback_id: number;
  refund_amount: string;
  refund_key: string;
  reason: string;
}

/** A transaction in Midtrans' words. */
interface Transaction {
  order_id: string;
  gross_amount: string;
  currency?: string;
  transaction_id: string;
  transaction_status: string;
  status_code: string;
  status_message: string;
  payment_type: string;
  fraud_status?: string;
  approval_code?: string;
  refunds?: Refund[];
}

/** Whole rupiah as Midtrans writes them. */
export const rupiah = (amount: bigint): string => `${amount}.00`;

/** Of the interface for transactions: HTTP says 200, whatever the code. */
const coded = (code: string, message: string, rest: object = {}): Reply =>
  json(200, { status_code: code, status_message: message, ...rest });

/** @param key what it is signed with. */
const signed = (transaction: object, key = SERVER_KEY): object => {
  const { order_id, status_code, gross_amount } = { order_id: "", status_code: "", gross_amount: "", ...transaction };
  const signature_key = createHash("sha512").update(`${order_id}${status_code}${gross_amount}${key}`).digest("hex");
  return { ...transaction, signature_key };
};

/** Midtrans Snap, and the interface for what became of its transactions. */
export class MidtransServer implements SimulatedProvider {
  readonly name = "MIDTRANS";
  readonly credentials = { "payments.midtransServerKey": SERVER_KEY, "payments.midtransClientKey": CLIENT_KEY };
  /** Amounts that were asked for. */
  private readonly orders = new Map<string, string>();
  /** There is a transaction once the person has chosen how to pay. */
  private readonly transactions = new Map<string, Transaction>();
  /** By their tokens. */
  private readonly pages = new Map<string, { reference: string; returnUrl: string }>();
  readonly memory: SimulatedProvider["memory"] = {
    orders: this.orders,
    transactions: this.transactions,
    pages: this.pages,
  };

  /** @param pageOf where a payment is made, by its token. */
  constructor(
    private readonly pageOf = (token: string) => `https://app.sandbox.midtrans.com/snap/v4/redirection/${token}`,
  ) {}

  readonly answer = ({ method, path, headers, body }: TakenRequest): Reply => {
    if (headers.authorization !== `Basic ${Buffer.from(`${SERVER_KEY}:`).toString("base64")}`) {
      const message = "Access denied due to unauthorized transaction, please check client or server key";
      return path.startsWith("/snap/") ? json(401, { error_messages: [message] }) : coded("401", message);
    }
    if (`${method} ${path}` === "POST /snap/v1/transactions") return this.begin(JSON.parse(body));
    const [, reference = "", operation = ""] = /^\/v2\/([^/]+)\/(status|refund|cancel)$/.exec(path) ?? [];
    const id = decodeURIComponent(reference);
    const transaction = [...this.transactions.values()].find((one) => [one.order_id, one.transaction_id].includes(id));
    if (!transaction) return coded("404", "Transaction doesn't exist.");
    if (operation === "status") return json(200, signed(transaction));
    return operation === "cancel" ? this.cancel(transaction) : this.refund(transaction, JSON.parse(body));
  };

  checkout(token: string): Checkout | null {
    const page = this.pages.get(token);
    const asked = this.orders.get(page?.reference ?? "");
    if (!page || asked === undefined) return null;
    const status = this.transactions.get(page.reference)?.transaction_status ?? "pending";
    const outcome = status === "pending" ? "OPEN" : status === "expire" ? "NOT_PAID" : "PAID";
    const amount = { minorUnits: BigInt(asked.replace(".", "")), currency: "IDR" } as const;
    return { ...page, amount, outcome };
  }

  pay(reference: string): WebhookRequest {
    return this.become(reference, { transaction_status: "settlement" });
  }

  decline(reference: string): WebhookRequest {
    const status_message = "Success, transaction is expired";
    return this.become(reference, { transaction_status: "expire", status_code: "407", status_message });
  }

  /** What becomes of a refund is in the answer already. */
  takeNews(): WebhookRequest[] {
    return [];
  }

  transaction(reference: string): Transaction {
    const found = this.transactions.get(reference);
    if (found) return found;
    throw new Error(`Midtrans knows no transaction ${reference}.`);
  }

  /** The person has chosen how to pay, or something became of the payment. @returns the notification. */
  become(reference: string, change: Partial<Transaction>): WebhookRequest {
    const before = this.transactions.get(reference);
    remember(this.transactions, reference, {
      order_id: reference,
      gross_amount: this.orders.get(reference) ?? "0.00",
      currency: "IDR",
      transaction_id: randomUUID(),
      transaction_status: "pending",
      status_code: "200",
      status_message: "midtrans payment notification",
      payment_type: "credit_card",
      fraud_status: "accept",
      ...before,
      ...change,
    });
    return this.notification(reference);
  }

  /** @param change what is told instead of the truth. */
  notification(reference: string, change: object = {}, key = SERVER_KEY): WebhookRequest {
    const body = JSON.stringify(signed({ ...this.transaction(reference), ...change }, key));
    return { rawBody: Buffer.from(body), headers: { "content-type": "application/json" } };
  }

  /** Somebody has a token to pay this amount with. */
  begun(reference: string, grossAmount: string): void {
    remember(this.orders, reference, grossAmount);
  }

  private begin(asked: {
    transaction_details?: { order_id?: string; gross_amount?: number };
    callbacks?: { finish?: string };
  }): Reply {
    const { order_id, gross_amount } = asked.transaction_details ?? {};
    if (!order_id) return json(400, { error_messages: ["transaction_details.order_id is required"] });
    if (!/^[\w~.-]{1,50}$/.test(order_id))
      return json(400, { error_messages: ["transaction_details.order_id is invalid"] });
    if (!(Number.isInteger(gross_amount) && Number(gross_amount) > 0)) {
      return json(400, { error_messages: ["transaction_details.gross_amount is not a number"] });
    }
    if (this.transactions.has(order_id)) {
      return json(400, { error_messages: ["transaction_details.order_id has already been taken"] });
    }
    this.begun(order_id, rupiah(BigInt(Number(gross_amount))));
    const token = randomUUID();
    remember(this.pages, token, { reference: order_id, returnUrl: asked.callbacks?.finish ?? "" });
    return json(201, { token, redirect_url: this.pageOf(token) });
  }

  private cancel(transaction: Transaction): Reply {
    if (!["capture", "pending"].includes(transaction.transaction_status)) {
      return coded("412", "Merchant cannot modify the status of the transaction");
    }
    Object.assign(transaction, { transaction_status: "cancel" });
    return coded("200", "Success, transaction is canceled", transaction);
  }

  private refund(transaction: Transaction, asked: { refund_key?: string; amount?: number; reason?: string }): Reply {
    const { transaction_status: status, refunds = [], gross_amount: whole } = transaction;
    if (!["settlement", "partial_refund"].includes(status)) {
      return coded("412", "Merchant cannot modify the status of the transaction");
    }
    const { refund_key = randomUUID(), amount = 0, reason = "" } = asked;
    if (refunds.some((each) => each.refund_key === refund_key)) return coded("406", "Duplicate refund ID");
    const before = refunds.reduce((sum, each) => sum + Number(each.refund_amount), 0);
    if (amount <= 0 || before + amount > Number(whole)) {
      return coded("414", "Refund request is rejected due to invalid amount");
    }
    const refund_amount = rupiah(BigInt(amount));
    const refund = { refund_chargeback_id: refunds.length + 1, refund_amount, refund_key, reason };
    const left = Number(whole) - before - amount;
    Object.assign(transaction, {
      refunds: [...refunds, refund],
      transaction_status: left > 0 ? "partial_refund" : "refund",
    });
    return coded("200", "Success, refund request is approved", { ...refund, order_id: transaction.order_id });
  }
}
