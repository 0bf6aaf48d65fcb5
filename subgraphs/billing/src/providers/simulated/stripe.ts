import { randomBytes } from "node:crypto";
import { isCurrency } from "@tollgate/kit";
import Stripe from "stripe";
import type { WebhookRequest } from "../provider.js";
import { type Checkout, json, type Reply, remember, type SimulatedProvider, type TakenRequest } from "./simulated.js";

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
  success_url: string;
}

const no = (status: number, message: string): Reply =>
  json(status, { error: { type: "invalid_request_error", message } });
/** An id in Stripe's manner. */
export const stripeId = (prefix: string): string => `${prefix}_${randomBytes(12).toString("hex")}`;

/** Stripe as its interface answers, as far as Checkout and refunds go. */
export class StripeServer implements SimulatedProvider {
  readonly name = "STRIPE";
  readonly credentials = { "payments.stripeKey": KEY, "payments.stripeWebhookKey": WEBHOOK_KEY };
  private readonly sessions = new Map<string, Session>();
  private readonly repeated = new Map<string, Reply>();
  readonly memory: SimulatedProvider["memory"] = { sessions: this.sessions, repeated: this.repeated };

  /** @param pageOf where a payment is made, by its session. */
  constructor(private readonly pageOf = (id: string) => `https://checkout.stripe.com/c/pay/${id}`) {}

  readonly answer = (request: TakenRequest): Reply => {
    const { method, path, headers } = request;
    if (headers.authorization !== `Bearer ${KEY}`) return no(401, "Invalid API Key provided");
    const key = headers["idempotency-key"];
    if (method !== "POST" || typeof key !== "string") return this.show(path);
    const known = this.repeated.get(key) ?? this.make(request);
    remember(this.repeated, key, known);
    return known;
  };

  checkout(id: string): Checkout | null {
    const found = this.sessions.get(id);
    const currency = found?.currency.toUpperCase() ?? "";
    if (!found || !isCurrency(currency)) return null;
    const { client_reference_id: reference, amount_total, status, success_url: returnUrl } = found;
    const outcome = { open: "OPEN", complete: "PAID", expired: "NOT_PAID" } as const;
    const amount = { minorUnits: BigInt(amount_total), currency };
    return { reference, amount, returnUrl, outcome: outcome[status] };
  }

  pay(reference: string): WebhookRequest {
    const paid = { status: "complete", payment_status: "paid", payment_intent: stripeId("pi") } as const;
    return this.become(reference, "checkout.session.completed", paid);
  }

  decline(reference: string): WebhookRequest {
    return this.become(reference, "checkout.session.expired", { status: "expired" });
  }

  /** What becomes of a refund is in the answer already. */
  takeNews(): WebhookRequest[] {
    return [];
  }

  /** @param change what the provider's books say from now on. @returns its webhook. */
  become(reference: string, kind: string, change: Partial<Session>): WebhookRequest {
    const found = [...this.sessions.values()].find((one) => one.client_reference_id === reference);
    if (!found) throw new Error(`Stripe knows no session for ${reference}.`);
    Object.assign(found, change);
    return this.webhook(kind, found);
  }

  /** @param timestamp seconds since 1970; now when left out. */
  webhook(type: string, object: object, key = WEBHOOK_KEY, timestamp?: number): WebhookRequest {
    const body = JSON.stringify({ id: stripeId("evt"), object: "event", type, data: { object } });
    return signedByStripe(body, key, timestamp);
  }

  private make({ path, body }: TakenRequest): Reply {
    const form = new URLSearchParams(body);
    if (path === "/v1/refunds") {
      const amount = Number(form.get("amount"));
      const status = "succeeded";
      const metadata = { refund: form.get("metadata[refund]") };
      return json(200, {
        id: stripeId("re"),
        object: "refund",
        amount,
        status,
        metadata,
        payment_intent: form.get("payment_intent"),
      });
    }
    if (path !== "/v1/checkout/sessions") return no(404, "Unrecognized request URL");
    const id = stripeId("cs_test");
    const session: Session = {
      id,
      object: "checkout.session",
      client_reference_id: form.get("client_reference_id") ?? "",
      amount_total: Number(form.get("line_items[0][price_data][unit_amount]")),
      currency: form.get("line_items[0][price_data][currency]") ?? "",
      payment_status: "unpaid",
      status: "open",
      payment_intent: null,
      url: this.pageOf(id),
      success_url: form.get("success_url") ?? "",
    };
    remember(this.sessions, id, session);
    return json(200, session);
  }

  private show(path: string): Reply {
    const [, id = ""] = /^\/v1\/checkout\/sessions\/(\w+)$/.exec(path) ?? [];
    const found = this.sessions.get(id);
    return found ? json(200, found) : no(404, "No such checkout session");
  }
}

/** As Stripe signs what it sends. @param timestamp seconds since 1970; now when left out. */
export const signedByStripe = (payload: string, secret: string, timestamp?: number): WebhookRequest => ({
  rawBody: Buffer.from(payload),
  headers: {
    "stripe-signature": Stripe.webhooks.generateTestHeaderString({
      payload,
      secret,
      ...(timestamp === undefined ? {} : { timestamp }),
    }),
  },
});
