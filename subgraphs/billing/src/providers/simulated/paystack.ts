import { createHmac } from "node:crypto";
import { isCurrency } from "@tollgate/kit";
import type { WebhookRequest } from "../provider.js";
import { type Checkout, json, type Reply, remember, type SimulatedProvider, type TakenRequest } from "./simulated.js";

const KEY = "sk_test_simulated";
const FIRST_ID = 4_099_260_516;
const LAST_ID = "last";
const OUTCOMES: Readonly<Record<string, Checkout["outcome"]>> = { success: "PAID", failed: "NOT_PAID" };

interface Transaction {
  id: number;
  reference: string;
  amount: number;
  currency: string;
  status: string;
  gateway_response: string;
  callback_url: string;
}

const done = (message: string, data: object): Reply => json(200, { status: true, message, data });
const no = (status: number, message: string, code = "invalid_params"): Reply =>
  json(status, { status: false, message, meta: { nextStep: "" }, type: "validation_error", code });

interface Refund {
  id: number;
  amount: number;
  currency: string;
  status: string;
  merchant_note: string;
  transaction_reference: string;
}

/** Paystack as its interface answers. */
export class PaystackServer implements SimulatedProvider {
  readonly name = "PAYSTACK";
  readonly credentials = { "payments.paystackKey": KEY };
  private readonly transactions = new Map<string, Transaction>();
  private readonly references = new Map<string, string>();
  private readonly refunds = new Map<string, Refund>();
  private readonly lastId = new Map<string, number>();
  readonly memory: SimulatedProvider["memory"] = {
    transactions: this.transactions,
    references: this.references,
    refunds: this.refunds,
    lastId: this.lastId,
  };
  private news: WebhookRequest[] = [];

  /** @param pageOf where a payment is made, by its access code. */
  constructor(private readonly pageOf = (code: string) => `https://checkout.paystack.com/${code}`) {}

  readonly answer = ({ method, path, headers, body }: TakenRequest): Reply => {
    if (headers.authorization !== `Bearer ${KEY}`) return no(401, "Invalid key", "invalid_Key");
    if (`${method} ${path}` === "POST /transaction/initialize") return this.begin(JSON.parse(body));
    if (`${method} ${path}` === "POST /refund") return this.refund(JSON.parse(body));
    const [, about = null] = /^\/refund\?reference=([^&]+)/.exec(path) ?? [];
    if (method === "GET" && about !== null) {
      return done("Refunds retrieved", this.refundsOf(decodeURIComponent(about)));
    }
    const [, reference = ""] = /^\/transaction\/verify\/([^/]+)$/.exec(path) ?? [];
    const found = this.transactions.get(decodeURIComponent(reference));
    if (!found) return no(400, "Transaction reference not found.", "transaction_not_found");
    return done("Verification successful", found);
  };

  checkout(code: string): Checkout | null {
    const found = this.transactions.get(this.references.get(code) ?? "");
    if (!found || !isCurrency(found.currency)) return null;
    const { reference, currency, callback_url: returnUrl } = found;
    const amount = { minorUnits: BigInt(found.amount), currency };
    return { reference, amount, returnUrl, outcome: OUTCOMES[found.status] ?? "OPEN" };
  }

  pay(reference: string): WebhookRequest {
    return this.become(reference, { status: "success", gateway_response: "Successful" });
  }

  decline(reference: string): WebhookRequest {
    return this.become(reference, { status: "failed", gateway_response: "Declined" });
  }

  takeNews(): WebhookRequest[] {
    const { news } = this;
    this.news = [];
    return news;
  }

  /** @param change what the provider's books say from now on. @returns its webhook. */
  become(reference: string, change: Partial<Transaction>): WebhookRequest {
    const found = this.transactions.get(reference);
    if (!found) throw new Error(`Paystack knows no transaction ${reference}.`);
    const next = { ...found, ...change };
    this.transactions.set(reference, next);
    return this.webhook(`charge.${next.status}`, next);
  }

  webhook(event: string, data: object, key = KEY): WebhookRequest {
    const body = JSON.stringify({ event, data });
    return signedByPaystack(body, key);
  }

  private begin(asked: Record<string, string | undefined>): Reply {
    const { reference = "", amount = "", currency = "", email = "", callback_url = "" } = asked;
    if (!/^[\w.=-]+$/.test(reference)) return no(400, "Invalid reference");
    if (this.transactions.has(reference)) return no(400, "Duplicate Transaction Reference", "duplicate_reference");
    if (!/^[1-9]\d*$/.test(amount)) return no(400, "Invalid Amount Sent", "invalid_amount");
    if (!email.includes("@")) return no(400, "Invalid Email Address Passed");
    const made = { id: this.nextId(), reference, amount: Number(amount), currency, callback_url };
    remember(this.transactions, reference, {
      ...made,
      status: "abandoned",
      gateway_response: "The transaction was not completed",
    });
    const access_code = `ac${made.id}`;
    remember(this.references, access_code, reference);
    const authorization_url = this.pageOf(access_code);
    return done("Authorization URL created", { authorization_url, access_code, reference });
  }

  private refund(asked: Record<string, string | undefined>): Reply {
    const found = this.transactions.get(asked["transaction"] ?? "");
    if (found?.status !== "success") return no(400, "Transaction has not been paid");
    const amount = Number(asked["amount"] ?? found.amount);
    const before = this.refundsOf(found.reference).reduce((sum, one) => sum + one.amount, 0);
    if (amount + before > found.amount) return no(400, "Refund amount cannot be more than transaction amount");
    const id = this.nextId();
    const { currency, reference } = found;
    const refund = { id, amount, currency, status: "pending", merchant_note: asked["merchant_note"] ?? "" };
    remember(this.refunds, `${id}`, { ...refund, transaction_reference: reference });
    const told = { transaction_reference: reference, refund_reference: `${id}`, amount: `${amount}`, currency };
    this.news.push(this.webhook("refund.processed", { status: "processed", ...told }));
    return done("Refund has been queued for processing", { ...refund, transaction: found });
  }

  private nextId(): number {
    const id = (this.lastId.get(LAST_ID) ?? FIRST_ID) + 1;
    this.lastId.set(LAST_ID, id);
    return id;
  }

  private refundsOf(reference: string): Refund[] {
    return [...this.refunds.values()].filter((one) => one.transaction_reference === reference);
  }
}

/** As Paystack signs what it sends. */
export const signedByPaystack = (body: string, key: string): WebhookRequest => ({
  rawBody: Buffer.from(body),
  headers: { "x-paystack-signature": createHmac("sha512", key).update(body).digest("hex") },
});
