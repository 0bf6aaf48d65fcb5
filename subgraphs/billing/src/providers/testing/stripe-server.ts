import { randomBytes } from "node:crypto";
import type { Money } from "@tollgate/kit";
import Stripe from "stripe";
import { stripeAdapter } from "../adapters/stripe.js";
import type { WebhookRequest } from "../provider.js";
import { listen, type Reply, type TakenRequest } from "./loopback.js";
import type { Simulation } from "./simulation.js";

const KEY = "sk_test_simulated";
const WEBHOOK_KEY = "whsec_simulated";

interface Session {
  id: string;
  object: "checkout.session";
  client_reference_id: string;
  amount_total: number;
  currency: string;
  payment_status: "paid" | "unpaid";
  status: "open" | "complete" | "expired";
  payment_intent: string | null;
  url: string | null;
}

const json = (status: number, body: object): Reply => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(body),
});
const no = (status: number, message: string): Reply =>
  json(status, { error: { type: "invalid_request_error", message } });
const name = (prefix: string): string => `${prefix}_${randomBytes(12).toString("hex")}`;

/** Stripe as its interface answers, as far as Checkout and refunds go. */
export class StripeServer {
  private readonly sessions = new Map<string, Session>();
  private readonly repeated = new Map<string, Reply>();

  readonly answer = (request: TakenRequest): Reply => {
    const { method, path, headers } = request;
    if (headers.authorization !== `Bearer ${KEY}`) return no(401, "Invalid API Key provided");
    const key = headers["idempotency-key"];
    if (method !== "POST" || typeof key !== "string") return this.show(path);
    const known = this.repeated.get(key) ?? this.make(request);
    this.repeated.set(key, known);
    return known;
  };

  /** @param change what the provider's books say from now on. @returns its webhook. */
  become(reference: string, kind: string, change: Partial<Session>): WebhookRequest {
    const found = [...this.sessions.values()].find((one) => one.client_reference_id === reference);
    if (!found) throw new Error(`Stripe knows no session for ${reference}.`);
    Object.assign(found, change);
    return this.webhook(kind, found);
  }

  /** @param timestamp seconds since 1970; now when left out. */
  webhook(type: string, object: object, key = WEBHOOK_KEY, timestamp?: number): WebhookRequest {
    const body = JSON.stringify({ id: name("evt"), object: "event", type, data: { object } });
    return signed(body, key, timestamp);
  }

  private make({ path, body }: TakenRequest): Reply {
    const form = new URLSearchParams(body);
    if (path === "/v1/refunds") {
      const amount = Number(form.get("amount"));
      const status = "succeeded";
      const metadata = { refund: form.get("metadata[refund]") };
      return json(200, {
        id: name("re"),
        object: "refund",
        amount,
        status,
        metadata,
        payment_intent: form.get("payment_intent"),
      });
    }
    if (path !== "/v1/checkout/sessions") return no(404, "Unrecognized request URL");
    const id = name("cs_test");
    const session: Session = {
      id,
      object: "checkout.session",
      client_reference_id: form.get("client_reference_id") ?? "",
      amount_total: Number(form.get("line_items[0][price_data][unit_amount]")),
      currency: form.get("line_items[0][price_data][currency]") ?? "",
      payment_status: "unpaid",
      status: "open",
      payment_intent: null,
      url: `https://checkout.stripe.com/c/pay/${id}`,
    };
    this.sessions.set(id, session);
    return json(200, session);
  }

  private show(path: string): Reply {
    const [, id = ""] = /^\/v1\/checkout\/sessions\/(\w+)$/.exec(path) ?? [];
    const found = this.sessions.get(id);
    return found ? json(200, found) : no(404, "No such checkout session");
  }
}

const signed = (payload: string, secret: string, timestamp?: number): WebhookRequest => ({
  rawBody: Buffer.from(payload),
  headers: {
    "stripe-signature": Stripe.webhooks.generateTestHeaderString({
      payload,
      secret,
      ...(timestamp === undefined ? {} : { timestamp }),
    }),
  },
});

/** Stripe's simulation for the contract of providers. */
export const simulateStripe = async (): Promise<Simulation & { provider: StripeServer }> => {
  const provider = new StripeServer();
  const paid = (amount?: Money) =>
    amount ? { amount_total: Number(amount.minorUnits), currency: amount.currency.toLowerCase() } : {};
  return {
    provider,
    adapter: stripeAdapter,
    credentials: { "payments.stripeKey": KEY, "payments.stripeWebhookKey": WEBHOOK_KEY },
    wrongCredentials: { "payments.stripeKey": "sk_test_nobodys", "payments.stripeWebhookKey": "whsec_nobodys" },
    server: await listen(provider.answer),
    amount: { minorUnits: 50_000n, currency: "ZAR" },
    pay: (reference, amount) =>
      provider.become(reference, "checkout.session.completed", {
        ...paid(amount),
        status: "complete",
        payment_status: "paid",
        payment_intent: name("pi"),
      }),
    fail: (reference) => provider.become(reference, "checkout.session.expired", { status: "expired" }),
    forge: ({ rawBody }) => signed(Buffer.from(rawBody).toString(), "whsec_nobodys"),
  };
};
