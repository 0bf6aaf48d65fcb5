import type { Currency, Money, SecretKey } from "@tollgate/kit";
import type { Provider } from "../topups/topup.schema.js";

/** Providers that tell us of payments themselves. */
export type OnlineProvider = Exclude<Provider, "MANUAL">;

/** What a person does next; the graph has a type for each. */
export type ProviderStep =
  /** Go there. */
  | { kind: "REDIRECT"; url: string }
  /** Post these fields as a form, in this order. */
  | { kind: "FORM_POST"; url: string; fields: { name: string; value: string }[] }
  /** Open Snap with the token, or go to the address. */
  | { kind: "SNAP"; token: string; clientKey: string; url: string };

/** A payment that we ask a provider to take. */
export interface PaymentRequest {
  /** Ours, unique for each request to a provider: letters, digits and dashes, at most 40. */
  reference: string;
  amount: Money;
  /** A few words for the payer. */
  description: string;
  /** Where the browser comes back to, by GET or POST. It credits nothing. */
  returnUrl: string;
  /** Where the provider tells us. */
  webhookUrl: string;
  /** For providers that insist on an address; not the person's own. */
  payerEmail: string;
}

/** A payment that the provider waits for. */
export interface BegunPayment {
  step: ProviderStep;
  /** Whatever the provider calls it, for `query`; null where our reference does. */
  sessionReference: string | null;
  /** For how many seconds the step can be taken. */
  livesSeconds: number;
}

/** How to find a payment at its provider. */
export interface PaymentKey {
  reference: string;
  sessionReference: string | null;
  /** What was asked for: for providers whose answers leave the currency out. */
  currency: Currency;
}

/** A payment as its provider tells of it. */
export interface PaymentReport {
  /** Ours, as it was in the request. */
  reference: string;
  /** PENDING: may still be paid. FAILED: this request never will be. UNKNOWN: the provider never heard of it. */
  state: "PENDING" | "PAID" | "FAILED" | "UNKNOWN";
  /** What was paid; null unless PAID. A currency that we do not keep is null too, with the state PAID: nothing is credited. */
  amount: Money | null;
  /** The payment's own id at the provider, which refunds and disputes name; null until there is one. */
  paymentReference: string | null;
  /** For people: why it failed. */
  reason: string | null;
  /**
   * What went back to the payer since, where the provider's answers tell of it and its webhooks cannot be believed. The same
   * is told each time that one asks: a refund is known by its reference, a chargeback by the payment.
   */
  moneyBack?: readonly MoneyBack[];
}

/** Money that did not stay, or that a bank gave back again. */
export type MoneyBack =
  /** Money went back to the payer. `ours`: the id that we gave the refund, where the provider repeats it. */
  | { kind: "REFUND"; paymentReference: string; refundReference: string; ours: string | null; amount: Money | null }
  /** The provider refused or failed to pay a refund out. */
  | {
      kind: "REFUND_FAILED";
      paymentReference: string;
      refundReference: string;
      ours: string | null;
      amount: Money | null;
      reason: string;
    }
  /** The payer's bank took the money back. */
  | { kind: "CHARGEBACK"; paymentReference: string; amount: Money | null }
  /** The bank gave it back again. */
  | { kind: "CHARGEBACK_REVERSED"; paymentReference: string; amount: Money | null };

/** What a webhook says, once its signature is known to be right. */
export type NoticeEffect =
  | { kind: "PAYMENT"; report: PaymentReport }
  /**
   * What is signed does not suffice: ask by `query`. `sessionReference`: the request's that it is about, which need not be
   * the newest of its top-up; left out where the provider knows payments by our reference.
   */
  | { kind: "ASK"; reference: string; sessionReference?: string }
  | MoneyBack
  | { kind: "NOTHING" };

/** A webhook as it was understood. */
export interface Notice {
  /** Of the provider, the same for each delivery of the same event; at most 200 characters. */
  eventId: string;
  /** Its kind in the provider's own words; at most 100 characters. */
  kind: string;
  effect: NoticeEffect;
}

/** A webhook as it came. */
export interface WebhookRequest {
  rawBody: Uint8Array;
  headers: Readonly<Record<string, string | undefined>>;
}

export interface RefundRequest {
  /** Ours: an id to repeat, and where the provider has such a thing the key that keeps it from being paid twice. */
  refundId: string;
  paymentReference: string;
  reference: string;
  amount: Money;
  /** Whether all that was paid goes back, and nothing went back before. */
  isWhole: boolean;
  reason: string;
}

/** What became of a refund that was asked for. PENDING: a webhook will tell. */
export interface BegunRefund {
  refundReference: string;
  state: "PENDING" | "DONE";
}

/** A payment provider with its keys. All but the two about webhooks go over the network: never inside a transaction. */
export interface PaymentProvider {
  readonly name: OnlineProvider;
  /** @throws ProviderRefusal, ProviderAway. */
  initialise(request: PaymentRequest): Promise<BegunPayment>;
  /**
   * Compares in constant time, before anything is read.
   * @param at of this computer's clock, not the books'.
   * @throws WebhookRefusal for a signature that is wrong, missing or stale.
   */
  verifyWebhook(request: WebhookRequest, at: Date): void;
  /** Pure, so that a stored webhook can be replayed. @throws WebhookRefusal for a body that makes no sense. */
  readWebhook(rawBody: Uint8Array): Notice;
  /** What became of a payment. @throws ProviderRefusal, ProviderAway. */
  query(key: PaymentKey): Promise<PaymentReport>;
  /** Null where the provider takes refunds only by hand. @throws ProviderRefusal, ProviderAway. */
  readonly refund: ((request: RefundRequest) => Promise<BegunRefund>) | null;
}

/** Smallest and largest payment in minor units. */
export interface ProviderLimits {
  minimum: bigint;
  maximum: bigint;
}

/** How a provider takes a currency. */
export interface TakenCurrency {
  /** Decimal digits of the integers that it counts in, which need not be those of the books. */
  exponent: number;
  /** Where the provider's own limits are narrower than ours. */
  limits?: ProviderLimits;
}

/** Values of the settings that an adapter named. */
export type Credentials = Readonly<Partial<Record<SecretKey, string>>>;

/** What takes a provider's place where nobody has an account with it, as in the demo. */
export interface StandIn {
  credentials: Credentials;
  /** Of its interface. */
  address: string;
  /** Where a browser posts a form to, for providers that are paid at like that. */
  page: string;
}

/** A kind of provider; without all of its settings it is not offered. */
export interface ProviderAdapter {
  readonly name: OnlineProvider;
  readonly settings: readonly SecretKey[];
  readonly currencies: Readonly<Partial<Record<Currency, TakenCurrency>>>;
  /** What a webhook is answered with; the text OK where left out. */
  readonly acknowledgement?: { contentType: string; body: string };
  /**
   * @param address of the provider's interface where it is another than the usual one, as for a simulation.
   * @param page of the provider where people pay, where it is not at that address.
   */
  connect(credentials: Credentials, address: string | null, page?: string): PaymentProvider;
}

/** The provider said no; asking again would not help. */
export class ProviderRefusal extends Error {
  override name = "ProviderRefusal";
}

/** The provider did not answer, or nothing that can be understood: nobody knows what it did. */
export class ProviderAway extends Error {
  override name = "ProviderAway";
}

/** A webhook that is not believed. */
export class WebhookRefusal extends Error {
  override name = "WebhookRefusal";
}
