import { createHmac } from "node:crypto";
import type { Money } from "@tollgate/kit";
import { paystackAdapter } from "../adapters/paystack.js";
import type { WebhookRequest } from "../provider.js";
import { listen, type Reply, type TakenRequest } from "./loopback.js";
import type { Simulation } from "./simulation.js";

const KEY = "sk_test_simulated";

interface Transaction {
  id: number;
  reference: string;
  amount: number;
  currency: string;
  status: string;
  gateway_response: string;
}

const json = (status: number, body: object): Reply => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(body),
});
const done = (message: string, data: object): Reply => json(200, { status: true, message, data });
const no = (status: number, message: string, code = "invalid_params"): Reply =>
  json(status, { status: false, message, meta: { nextStep: "" }, type: "validation_error", code });

/** Paystack as its interface answers. */
export class PaystackServer {
  private readonly transactions = new Map<string, Transaction>();
  private nextId = 4_099_260_516;

  readonly answer = ({ method, path, headers, body }: TakenRequest): Reply => {
    if (headers.authorization !== `Bearer ${KEY}`) return no(401, "Invalid key", "invalid_Key");
    if (`${method} ${path}` === "POST /transaction/initialize") return this.begin(JSON.parse(body));
    if (`${method} ${path}` === "POST /refund") return this.refund(JSON.parse(body));
    const [, reference = ""] = /^\/transaction\/verify\/([^/]+)$/.exec(path) ?? [];
    const found = this.transactions.get(decodeURIComponent(reference));
    if (!found) return no(400, "Transaction reference not found.", "transaction_not_found");
    return done("Verification successful", found);
  };

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
    return signed(body, key);
  }

  private begin(asked: { reference?: string; amount?: string; currency?: string; email?: string }): Reply {
    const { reference = "", amount = "", currency = "", email = "" } = asked;
    if (!/^[\w.=-]+$/.test(reference)) return no(400, "Invalid reference");
    if (this.transactions.has(reference)) return no(400, "Duplicate Transaction Reference", "duplicate_reference");
    if (!/^[1-9]\d*$/.test(amount)) return no(400, "Invalid Amount Sent", "invalid_amount");
    if (!email.includes("@")) return no(400, "Invalid Email Address Passed");
    this.nextId += 1;
    const made = { id: this.nextId, reference, amount: Number(amount), currency };
    this.transactions.set(reference, {
      ...made,
      status: "abandoned",
      gateway_response: "The transaction was not completed",
    });
    const access_code = `ac${this.nextId}`;
    const authorization_url = `https://checkout.paystack.com/${access_code}`;
    return done("Authorization URL created", { authorization_url, access_code, reference });
  }

  private refund(asked: { transaction?: string; amount?: string }): Reply {
    const found = this.transactions.get(asked.transaction ?? "");
    if (found?.status !== "success") return no(400, "Transaction has not been paid");
    this.nextId += 1;
    const amount = Number(asked.amount ?? found.amount);
    if (amount > found.amount) return no(400, "Refund amount cannot be more than transaction amount");
    return done("Refund has been queued for processing", {
      id: this.nextId,
      amount,
      status: "pending",
      transaction: found,
    });
  }
}

const signed = (body: string, key: string): WebhookRequest => ({
  rawBody: Buffer.from(body),
  headers: { "x-paystack-signature": createHmac("sha512", key).update(body).digest("hex") },
});

/** Paystack's simulation for the contract of providers. */
export const simulatePaystack = async (): Promise<Simulation & { provider: PaystackServer }> => {
  const provider = new PaystackServer();
  const paid = (amount?: Money) =>
    amount ? { amount: Number(amount.minorUnits), currency: amount.currency as string } : {};
  return {
    provider,
    adapter: paystackAdapter,
    credentials: { "payments.paystackKey": KEY },
    wrongCredentials: { "payments.paystackKey": "sk_test_nobodys" },
    server: await listen(provider.answer),
    amount: { minorUnits: 50_000n, currency: "ZAR" },
    pay: (reference, amount) =>
      provider.become(reference, { ...paid(amount), status: "success", gateway_response: "Successful" }),
    fail: (reference) => provider.become(reference, { status: "failed", gateway_response: "Declined" }),
    forge: ({ rawBody }) => signed(Buffer.from(rawBody).toString(), "sk_test_nobodys"),
  };
};
