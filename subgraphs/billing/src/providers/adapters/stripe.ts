import { isCurrency, type Money, refuseInTransaction } from "@tollgate/kit";
import Stripe from "stripe";
import {
  type BegunPayment,
  type BegunRefund,
  type Notice,
  type NoticeEffect,
  type PaymentKey,
  type PaymentProvider,
  type PaymentReport,
  type PaymentRequest,
  type ProviderAdapter,
  ProviderAway,
  ProviderRefusal,
  type RefundRequest,
  WebhookRefusal,
  type WebhookRequest,
} from "../provider.js";
import { fieldOf, integerOf, recordOf, textOf } from "../reading.js";
import { moneyOfUnits, providerUnits } from "../units.js";

/** Stripe counts in hundredths of each of our currencies, of rupiah too. */
const EXPONENT = 2;
const TWO_DIGITS = { exponent: EXPONENT } as const;
const PATIENCE_MILLISECONDS = 10_000;
const TOLERANCE_SECONDS = 300;
/** A session of Checkout lives for a day. */
const LIVES_SECONDS = 24 * 3_600 - 60;

/** What lies in the network or at Stripe's side; anything else is a no. */
const AWAY: ReadonlySet<string> = new Set(["StripeConnectionError", "StripeAPIError", "StripeRateLimitError"]);

/** Stripe Checkout through Stripe's own package. */
class StripeCheckout implements PaymentProvider {
  readonly name = "STRIPE";
  private readonly client: Stripe;

  constructor(
    key: string,
    private readonly webhookKey: string,
    address: string | null,
  ) {
    this.client = new Stripe(key, {
      maxNetworkRetries: 1,
      timeout: PATIENCE_MILLISECONDS,
      telemetry: false,
      ...(address === null ? {} : partsOf(address)),
    });
  }

  async initialise({ reference, amount, description, returnUrl }: PaymentRequest): Promise<BegunPayment> {
    const metadata = { reference };
    const currency = amount.currency.toLowerCase();
    const unitAmount = Number(providerUnits(amount, EXPONENT)); // below the largest payment, which a number holds exactly
    const session = await this.ask(() =>
      this.client.checkout.sessions.create(
        {
          mode: "payment",
          client_reference_id: reference,
          line_items: [
            { quantity: 1, price_data: { currency, unit_amount: unitAmount, product_data: { name: description } } },
          ],
          metadata,
          payment_intent_data: { metadata },
          success_url: returnUrl,
          cancel_url: returnUrl,
        },
        // The same attempt asked for twice is one session.
        { idempotencyKey: `tollgate ${reference}` },
      ),
    );
    if (!session.url) throw new ProviderAway("It gave no page to pay at.");
    return {
      step: { kind: "REDIRECT", url: session.url },
      sessionReference: session.id,
      livesSeconds: LIVES_SECONDS,
    };
  }

  verifyWebhook({ rawBody, headers }: WebhookRequest, at: Date): void {
    const header = headers["stripe-signature"] ?? "";
    try {
      const body = Buffer.from(rawBody);
      this.client.webhooks.constructEvent(body, header, this.webhookKey, TOLERANCE_SECONDS, undefined, at.getTime());
    } catch (error) {
      throw new WebhookRefusal("The signature is not Stripe's, or it is too old.", { cause: error });
    }
  }

  readWebhook(rawBody: Uint8Array): Notice {
    const body = recordOf(rawBody);
    const eventId = textOf(fieldOf(body, "id"));
    const kind = textOf(fieldOf(body, "type"));
    if (!eventId || !kind) throw new WebhookRefusal("It names no event.");
    return { eventId, kind, effect: effectOf(kind, fieldOf(fieldOf(body, "data"), "object")) };
  }

  async query({ reference, sessionReference }: PaymentKey): Promise<PaymentReport> {
    if (sessionReference === null) {
      return { reference, state: "UNKNOWN", amount: null, paymentReference: null, reason: null };
    }
    const session = await this.ask(() => this.client.checkout.sessions.retrieve(sessionReference));
    if (session.object !== "checkout.session") throw new ProviderAway("It answered with something else.");
    return reportOf(session);
  }

  readonly refund = async ({ refundId, paymentReference, amount }: RefundRequest): Promise<BegunRefund> => {
    const units = Number(providerUnits(amount, EXPONENT)); // at most what was paid
    const made = await this.ask(() =>
      this.client.refunds.create(
        { payment_intent: paymentReference, amount: units, metadata: { refund: refundId } },
        { idempotencyKey: `tollgate ${refundId}` },
      ),
    );
    if (made.status === "failed" || made.status === "canceled") throw new ProviderRefusal("It did not pay it out.");
    return { refundReference: made.id, state: made.status === "succeeded" ? "DONE" : "PENDING" };
  };

  private async ask<T>(work: () => Promise<T>): Promise<T> {
    refuseInTransaction("asking a payment provider");
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      if (AWAY.has(error.type)) throw new ProviderAway(error.message, { cause: error });
      throw new ProviderRefusal(error.message.slice(0, 200), { cause: error });
    }
  }
}

const partsOf = (address: string) => {
  const { protocol, hostname, port } = new URL(address);
  return { protocol: protocol === "http:" ? ("http" as const) : ("https" as const), host: hostname, port };
};

/** An id, also where the whole object stands in its place. */
const idOf = (value: unknown): string | null => textOf(value) ?? textOf(fieldOf(value, "id"));

const moneyOf = (units: unknown, currency: unknown): Money | null => {
  const amount = integerOf(units);
  const code = textOf(currency)?.toUpperCase() ?? "";
  return amount !== null && isCurrency(code) ? moneyOfUnits(amount, code, EXPONENT) : null;
};

const stateOf = (session: unknown): PaymentReport["state"] => {
  if (fieldOf(session, "payment_status") === "paid") return "PAID";
  return fieldOf(session, "status") === "expired" ? "FAILED" : "PENDING";
};

/** A session of Checkout as we understand payments. */
const reportOf = (session: unknown, state = stateOf(session)): PaymentReport => ({
  reference: textOf(fieldOf(session, "client_reference_id")) ?? "",
  state,
  amount: state === "PAID" ? moneyOf(fieldOf(session, "amount_total"), fieldOf(session, "currency")) : null,
  paymentReference: idOf(fieldOf(session, "payment_intent")),
  reason: state === "FAILED" ? "The payment was not made, or the bank refused it." : null,
});

const refundEffect = (refund: unknown): NoticeEffect => {
  const paymentReference = idOf(fieldOf(refund, "payment_intent"));
  const refundReference = textOf(fieldOf(refund, "id"));
  if (!paymentReference || !refundReference) return { kind: "NOTHING" };
  const ours = textOf(fieldOf(fieldOf(refund, "metadata"), "refund"));
  const named = { paymentReference, refundReference, ours };
  const amount = moneyOf(fieldOf(refund, "amount"), fieldOf(refund, "currency"));
  const status = fieldOf(refund, "status");
  if (status === "succeeded") return { kind: "REFUND", ...named, amount };
  if (status !== "failed" && status !== "canceled") return { kind: "NOTHING" };
  return { kind: "REFUND_FAILED", ...named, amount, reason: "Stripe could not pay it out." };
};

const disputeEffect = (kind: "CHARGEBACK" | "CHARGEBACK_REVERSED", dispute: unknown): NoticeEffect => {
  const paymentReference = idOf(fieldOf(dispute, "payment_intent"));
  if (!paymentReference) return { kind: "NOTHING" };
  return { kind, paymentReference, amount: moneyOf(fieldOf(dispute, "amount"), fieldOf(dispute, "currency")) };
};

const effectOf = (kind: string, object: unknown): NoticeEffect => {
  switch (kind) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.expired":
      return { kind: "PAYMENT", report: reportOf(object) };
    case "checkout.session.async_payment_failed":
      return { kind: "PAYMENT", report: reportOf(object, "FAILED") };
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
      return refundEffect(object);
    // Only where money moved: an inquiry alone takes none.
    case "charge.dispute.funds_withdrawn":
      return disputeEffect("CHARGEBACK", object);
    case "charge.dispute.funds_reinstated":
      return disputeEffect("CHARGEBACK_REVERSED", object);
    default:
      return { kind: "NOTHING" };
  }
};

export const stripeAdapter: ProviderAdapter = {
  name: "STRIPE",
  settings: ["payments.stripeKey", "payments.stripeWebhookKey"],
  currencies: { ZAR: TWO_DIGITS, USD: TWO_DIGITS, EUR: TWO_DIGITS, IDR: TWO_DIGITS, PKR: TWO_DIGITS },
  connect: (credentials, address) =>
    new StripeCheckout(
      credentials["payments.stripeKey"] ?? "",
      credentials["payments.stripeWebhookKey"] ?? "",
      address,
    ),
};
