import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isCurrency, type Money } from "@tollgate/kit";
import { askProvider, jsonOfAnswer } from "../ask.js";
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

const ADDRESS = "https://api.paystack.co";
/** Paystack counts in subunits of every currency. */
const EXPONENT = 2;
/** Its pages stay open; ours ends with the top-up. */
const LIVES_SECONDS = 24 * 3_600;

const CURRENCIES = { ZAR: { exponent: EXPONENT }, USD: { exponent: EXPONENT } } as const;

/** Paystack, over its plain HTTP interface. */
class Paystack implements PaymentProvider {
  readonly name = "PAYSTACK";

  constructor(
    private readonly key: string,
    private readonly address: string,
  ) {}

  async initialise({ reference, amount, payerEmail, returnUrl }: PaymentRequest): Promise<BegunPayment> {
    const data = await this.ask("POST", "/transaction/initialize", {
      reference,
      amount: providerUnits(amount, EXPONENT).toString(),
      currency: amount.currency,
      email: payerEmail,
      callback_url: returnUrl,
    });
    const url = textOf(fieldOf(data, "authorization_url"));
    if (!url) throw new ProviderAway("It gave no page to pay at.");
    return { step: { kind: "REDIRECT", url }, sessionReference: null, livesSeconds: LIVES_SECONDS };
  }

  verifyWebhook({ rawBody, headers }: WebhookRequest): void {
    const given = Buffer.from(headers["x-paystack-signature"] ?? "", "utf8");
    const right = Buffer.from(createHmac("sha512", this.key).update(rawBody).digest("hex"), "utf8");
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new WebhookRefusal("The signature is not Paystack's.");
    }
  }

  readWebhook(rawBody: Uint8Array): Notice {
    const body = recordOf(rawBody);
    const kind = textOf(fieldOf(body, "event"));
    const data = fieldOf(body, "data");
    if (!kind) throw new WebhookRefusal("It names no event.");
    // Paystack gives events no id: that of what it is about, else the very words.
    const id = idOf(data) ?? createHash("sha256").update(rawBody).digest("hex");
    return { eventId: `${kind}:${id}`, kind, effect: effectOf(kind, data) };
  }

  async query({ reference }: PaymentKey): Promise<PaymentReport> {
    const path = `/transaction/verify/${encodeURIComponent(reference)}`;
    const { status, body } = await this.send("GET", path);
    const data = fieldOf(body, "data");
    if (status === 404 || (status === 400 && textOf(fieldOf(body, "code")) === "transaction_not_found")) {
      return { reference, state: "UNKNOWN", amount: null, paymentReference: null, reason: null };
    }
    if (fieldOf(body, "status") !== true) throw new ProviderRefusal(messageOf(body));
    return reportOf(data);
  }

  /** Paystack has no key that keeps a request from being taken twice: it is asked first whether it has this one. */
  readonly refund = async (request: RefundRequest): Promise<BegunRefund> => {
    const data = (await this.knownRefund(request)) ?? (await this.askRefund(request));
    const refundReference = idOf(data);
    if (!refundReference) throw new ProviderAway("It gave the refund no name.");
    if (textOf(fieldOf(data, "status")) === "failed") throw new ProviderRefusal("Paystack could not pay it out.");
    // Its notice, under another name, is matched with a refund on its way: else it would be taken for one of Paystack's own.
    return { refundReference, state: "PENDING" };
  };

  private askRefund({ paymentReference, amount, reason, refundId }: RefundRequest): Promise<unknown> {
    return this.ask("POST", "/refund", {
      transaction: paymentReference,
      amount: providerUnits(amount, EXPONENT).toString(),
      currency: amount.currency,
      customer_note: reason.slice(0, 100),
      merchant_note: refundId,
    });
  }

  /** Null for one that Paystack was not asked for. */
  private async knownRefund({ paymentReference, refundId }: RefundRequest): Promise<unknown> {
    const about = encodeURIComponent(paymentReference);
    const refunds = await this.ask("GET", `/refund?reference=${about}&perPage=100`);
    if (!Array.isArray(refunds)) throw new ProviderAway("It gave no list of refunds.");
    return refunds.find((one) => textOf(fieldOf(one, "merchant_note")) === refundId) ?? null;
  }

  private async ask(method: "GET" | "POST", path: string, input?: object): Promise<unknown> {
    const { body } = await this.send(method, path, input);
    if (fieldOf(body, "status") !== true) throw new ProviderRefusal(messageOf(body));
    return fieldOf(body, "data");
  }

  private async send(method: "GET" | "POST", path: string, input?: object) {
    const headers = { authorization: `Bearer ${this.key}`, "content-type": "application/json" };
    const body = input === undefined ? {} : { body: JSON.stringify(input) };
    const answer = await askProvider(`${this.address}${path}`, { method, headers, ...body });
    const told = jsonOfAnswer(answer);
    if (typeof fieldOf(told, "status") !== "boolean")
      throw new ProviderAway(`It answered ${answer.status} and nothing more.`);
    return { status: answer.status, body: told };
  }
}

const messageOf = (body: unknown): string => textOf(fieldOf(body, "message"))?.slice(0, 200) ?? "It gave no reason.";

/** Numbers, in some answers texts. */
const idOf = (data: unknown): string | null => {
  const id = fieldOf(data, "id");
  return typeof id === "number" ? id.toString() : textOf(id);
};

const moneyOf = (data: unknown): Money | null => {
  const units = integerOf(fieldOf(data, "amount"));
  const currency = textOf(fieldOf(data, "currency"));
  return units !== null && currency !== null && isCurrency(currency) ? moneyOfUnits(units, currency, EXPONENT) : null;
};

const STATES: Readonly<Record<string, PaymentReport["state"]>> = {
  success: "PAID",
  failed: "FAILED",
  reversed: "FAILED",
};

/** `abandoned` is what a page is that nobody has paid at yet: it still can be. */
const reportOf = (data: unknown): PaymentReport => {
  const state = STATES[textOf(fieldOf(data, "status")) ?? ""] ?? "PENDING";
  const reference = textOf(fieldOf(data, "reference")) ?? "";
  return {
    reference,
    state,
    amount: state === "PAID" ? moneyOf(data) : null,
    // Refunds and disputes name a payment by our reference.
    paymentReference: reference,
    reason: state === "FAILED" ? textOf(fieldOf(data, "gateway_response")) : null,
  };
};

const refundEffect = (kind: string, data: unknown): NoticeEffect => {
  const paymentReference = textOf(fieldOf(data, "transaction_reference"));
  const refundReference = textOf(fieldOf(data, "refund_reference")) ?? idOf(data);
  if (!paymentReference || !refundReference) return { kind: "NOTHING" };
  const named = { paymentReference, refundReference, ours: null, amount: moneyOf(data) };
  if (kind === "refund.processed") return { kind: "REFUND", ...named };
  if (kind !== "refund.failed") return { kind: "NOTHING" };
  return { kind: "REFUND_FAILED", ...named, reason: "Paystack could not pay it out." };
};

/** A dispute costs nothing before it is decided, and then only when it was accepted. */
const disputeEffect = (data: unknown): NoticeEffect => {
  const transaction = fieldOf(data, "transaction");
  const paymentReference = textOf(fieldOf(transaction, "reference"));
  const isLost = textOf(fieldOf(data, "resolution")) === "merchant-accepted";
  if (!paymentReference || !isLost) return { kind: "NOTHING" };
  const units = integerOf(fieldOf(data, "refund_amount"));
  const currency = textOf(fieldOf(transaction, "currency")) ?? textOf(fieldOf(data, "currency"));
  const amount =
    units !== null && currency !== null && isCurrency(currency) ? moneyOfUnits(units, currency, EXPONENT) : null;
  return { kind: "CHARGEBACK", paymentReference, amount };
};

const effectOf = (kind: string, data: unknown): NoticeEffect => {
  if (kind === "charge.success" || kind === "charge.failed") return { kind: "PAYMENT", report: reportOf(data) };
  if (kind.startsWith("refund.")) return refundEffect(kind, data);
  return kind === "charge.dispute.resolve" ? disputeEffect(data) : { kind: "NOTHING" };
};

export const paystackAdapter: ProviderAdapter = {
  name: "PAYSTACK",
  settings: ["payments.paystackKey"],
  currencies: CURRENCIES,
  connect: (credentials, address) => new Paystack(credentials["payments.paystackKey"] ?? "", address ?? ADDRESS),
};
