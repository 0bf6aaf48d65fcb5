import type { Money } from "@tollgate/kit";
import { askProvider, jsonOfAnswer, type ProviderAnswer } from "../ask.js";
import {
  type BegunPayment,
  type BegunRefund,
  type Credentials,
  type Notice,
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
import { providerUnits } from "../units.js";
import { fingerprintOf } from "./digests.js";
import {
  cancellationOf,
  hasRefund,
  isSigned,
  reportOf,
  statusOf,
  type Transaction,
  textOf,
  transactionOf,
} from "./midtrans-transaction.js";

/** Of Snap, and of the interface for everything after. */
interface Addresses {
  snap: string;
  api: string;
}

const LIVE: Addresses = { snap: "https://app.midtrans.com", api: "https://api.midtrans.com" };
const SANDBOX: Addresses = { snap: "https://app.sandbox.midtrans.com", api: "https://api.sandbox.midtrans.com" };

/** Whole rupiah. */
const EXPONENT = 0;
const LIVES_HOURS = 24;
/** Characters of a thing's name on the payment page. */
const LONGEST_NAME = 50;
const LONGEST_REASON = 255;

/** All but DANA: whose payments cannot be asked for by our reference, so that a lost notification would lose them. */
const WAYS_OF_PAYING = [
  "credit_card",
  "cimb_clicks",
  "bca_klikbca",
  "bca_klikpay",
  "bri_epay",
  "echannel",
  "permata_va",
  "bca_va",
  "bni_va",
  "bri_va",
  "cimb_va",
  "other_va",
  "gopay",
  "indomaret",
  "alfamart",
  "danamon_online",
  "akulaku",
  "shopeepay",
  "kredivo",
  "uob_ezpay",
  "other_qris",
];

/** What it counts in, as JSON's number: amounts of one payment are far below 2^53. */
const rupiah = (amount: Money): number => Number(providerUnits(amount, EXPONENT));

const transactionOfBody = (rawBody: Uint8Array): Transaction => {
  try {
    const transaction = transactionOf(JSON.parse(Buffer.from(rawBody).toString()));
    if (transaction) return transaction;
  } catch (error) {
    throw new WebhookRefusal("It is no JSON.", { cause: error });
  }
  throw new WebhookRefusal("It is no transaction.");
};

const complaintOf = (answer: Transaction): string => {
  const messages = answer.get("error_messages");
  const told = Array.isArray(messages) ? messages.join(" ") : textOf(answer, "status_message");
  return `Midtrans refused: ${told.slice(0, 300) || "without a reason"}`;
};

/** @throws ProviderAway for an answer that is no object. */
const readAnswer = (answer: ProviderAnswer): Transaction => {
  const transaction = transactionOf(jsonOfAnswer(answer));
  if (transaction) return transaction;
  throw new ProviderAway(`It answered ${answer.status} with something else than an object.`);
};

class Midtrans implements PaymentProvider {
  readonly name = "MIDTRANS";

  constructor(
    private readonly serverKey: string,
    private readonly clientKey: string,
    private readonly addresses: Addresses,
  ) {}

  async initialise(request: PaymentRequest): Promise<BegunPayment> {
    const { reference, amount, description, returnUrl, webhookUrl } = request;
    const price = rupiah(amount);
    const body = {
      transaction_details: { order_id: reference, gross_amount: price },
      item_details: [{ id: reference, name: description.slice(0, LONGEST_NAME), price, quantity: 1 }],
      enabled_payments: WAYS_OF_PAYING,
      credit_card: { secure: true },
      callbacks: { finish: returnUrl },
      page_expiry: { duration: LIVES_HOURS, unit: "hours" },
      expiry: { duration: LIVES_HOURS, unit: "hours" },
    };
    const headers = { "X-Override-Notification": webhookUrl };
    const reply = await this.ask(`${this.addresses.snap}/snap/v1/transactions`, { body, headers });
    const answer = readAnswer(reply);
    if (reply.status >= 400) throw new ProviderRefusal(complaintOf(answer));
    const [token, url] = [textOf(answer, "token"), textOf(answer, "redirect_url")];
    if (!(token && URL.canParse(url))) throw new ProviderAway("It gave no token.");
    const step = { kind: "SNAP", token, clientKey: this.clientKey, url } as const;
    return { step, sessionReference: null, livesSeconds: LIVES_HOURS * 3_600 };
  }

  verifyWebhook({ rawBody }: WebhookRequest): void {
    if (!isSigned(transactionOfBody(rawBody), this.serverKey)) throw new WebhookRefusal("The signature is wrong.");
  }

  /** A bell only: neither the status nor what the fraud detection found is signed. */
  readWebhook(rawBody: Uint8Array): Notice {
    const transaction = transactionOfBody(rawBody);
    const reference = textOf(transaction, "order_id");
    if (!reference) throw new WebhookRefusal("It names no payment.");
    const kind = (statusOf(transaction) || "unknown").slice(0, 100);
    return { eventId: fingerprintOf(rawBody), kind, effect: { kind: "ASK", reference } };
  }

  async query({ reference }: PaymentKey): Promise<PaymentReport> {
    const transaction = await this.status(reference);
    // There is no transaction before the person has chosen how to pay.
    if (!transaction) return reportOf(new Map(), reference);
    return reportOf(transaction, reference);
  }

  /** A payment that is settled is refunded; a card's that is not yet is cancelled, which can be done as a whole only. */
  readonly refund = async (request: RefundRequest): Promise<BegunRefund> => {
    const { refundId, paymentReference, isWhole } = request;
    // By its own id: of several requests of one top-up, the newest need not be the one that was paid.
    const transaction = await this.status(paymentReference);
    if (!transaction) throw new ProviderRefusal("Midtrans does not know this payment.");
    if (hasRefund(transaction, refundId)) return { refundReference: refundId, state: "DONE" };
    const status = statusOf(transaction);
    if (status !== "capture" && status !== "cancel") return this.payBack(request);
    if (!isWhole) throw new ProviderRefusal("A part can be refunded as soon as the payment is settled: tomorrow.");
    // Else it was cancelled before, and the answer was lost.
    if (status === "capture") await this.change(paymentReference, "cancel", {});
    return { refundReference: cancellationOf(paymentReference), state: "DONE" };
  };

  private async payBack({ refundId, paymentReference, amount, reason }: RefundRequest): Promise<BegunRefund> {
    const body = { refund_key: refundId, amount: rupiah(amount), reason: reason.slice(0, LONGEST_REASON) };
    await this.change(paymentReference, "refund", body);
    return { refundReference: refundId, state: "DONE" };
  }

  /** @param id ours or its own. @returns null for one that Midtrans does not know, or not yet. */
  private async status(id: string): Promise<Transaction | null> {
    const reply = await this.ask(`${this.addresses.api}/v2/${encodeURIComponent(id)}/status`, {});
    const answer = readAnswer(reply);
    // The code counts: what HTTP says may be 200 all the same.
    const code = textOf(answer, "status_code") || `${reply.status}`;
    if (code === "404") return null;
    if (code.startsWith("5")) throw new ProviderAway(`It answered ${code}.`);
    if ([textOf(answer, "order_id"), textOf(answer, "transaction_id")].includes(id)) return answer;
    if (code.startsWith("4")) throw new ProviderRefusal(complaintOf(answer));
    throw new ProviderAway("It answered about another payment.");
  }

  private async change(id: string, operation: "cancel" | "refund", body: object): Promise<void> {
    const reply = await this.ask(`${this.addresses.api}/v2/${encodeURIComponent(id)}/${operation}`, { body });
    const answer = readAnswer(reply);
    const code = textOf(answer, "status_code") || `${reply.status}`;
    if (code === "200") return;
    if (code.startsWith("5")) throw new ProviderAway(`It answered ${code}.`);
    throw new ProviderRefusal(complaintOf(answer));
  }

  private ask(url: string, { body, headers }: { body?: object; headers?: Record<string, string> }) {
    return askProvider(url, {
      method: body ? "POST" : "GET",
      body: body ? JSON.stringify(body) : null,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        Authorization: `Basic ${Buffer.from(`${this.serverKey}:`).toString("base64")}`,
        ...headers,
      },
    });
  }
}

const addressesOf = (serverKey: string, address: string | null): Addresses => {
  if (address) return { snap: address, api: address };
  return serverKey.startsWith("SB-") ? SANDBOX : LIVE;
};

/** Midtrans Snap: cards, wallets, virtual accounts and shops of Indonesia; payments are in whole rupiah. */
export const midtransAdapter: ProviderAdapter = {
  name: "MIDTRANS",
  settings: ["payments.midtransServerKey", "payments.midtransClientKey"],
  currencies: { IDR: { exponent: EXPONENT } },
  connect: (credentials: Credentials, address) => {
    const serverKey = credentials["payments.midtransServerKey"] ?? "";
    const clientKey = credentials["payments.midtransClientKey"] ?? "";
    return new Midtrans(serverKey, clientKey, addressesOf(serverKey, address));
  },
};
