import { isCurrency, type Money } from "@tollgate/kit";
import { askProvider } from "../ask.js";
import {
  type BegunPayment,
  type Credentials,
  type Notice,
  type PaymentKey,
  type PaymentProvider,
  type PaymentReport,
  type PaymentRequest,
  type ProviderAdapter,
  ProviderAway,
  ProviderRefusal,
  WebhookRefusal,
  type WebhookRequest,
} from "../provider.js";
import { moneyOfUnits, providerUnits } from "../units.js";
import { fingerprintOf } from "./digests.js";
import { checksumOf, type FormFields, isSealed, readForm, sealedForm } from "./paygate-form.js";

const ADDRESS = "https://secure.paygate.co.za";
/** PayWeb3 counts in cents. */
const EXPONENT = 2;
/** A request that was not processed by then is refused (TXN_PRC). */
const LIVES_SECONDS = 30 * 60;
/** Who pays by PayGate does so from South Africa; the payer's bank does not care. */
const PAYER = { LOCALE: "en-za", COUNTRY: "ZAF" };
const APPROVED = "1";
const AUTH_DONE = "990017";
/** Declined, cancelled, cancelled by the person, settlement voided. */
const NEVER_PAID = new Set(["2", "3", "4", "7"]);

type Form = ReadonlyMap<string, string>;

const moneyOf = (form: Form): Money | null => {
  const [amount, currency] = [form.get("AMOUNT") ?? "", form.get("CURRENCY") ?? ""];
  return /^\d{1,15}$/.test(amount) && isCurrency(currency) ? moneyOfUnits(BigInt(amount), currency, EXPONENT) : null;
};

const stateOf = (form: Form): PaymentReport["state"] => {
  const status = form.get("TRANSACTION_STATUS") ?? "";
  if (status === APPROVED && form.get("RESULT_CODE") === AUTH_DONE) return "PAID";
  return NEVER_PAID.has(status) ? "FAILED" : "PENDING";
};

const reportOf = (form: Form, reference: string): PaymentReport => {
  const state = stateOf(form);
  const amount = state === "PAID" ? moneyOf(form) : null;
  const paymentReference = form.get("TRANSACTION_ID") || null;
  const reason = state === "FAILED" ? form.get("RESULT_DESC") || null : null;
  return { reference, state, amount, paymentReference, reason };
};

/** PayWeb3 wants the time of the day in UTC, by the clock that it looks at itself: not that of the books. */
const transactionDate = (): string => new Date().toISOString().slice(0, 19).replace("T", " ");

const formOf = (rawBody: Uint8Array): Form => {
  const form = readForm(Buffer.from(rawBody).toString());
  if (form) return form;
  throw new WebhookRefusal("A field is there twice.");
};

class PayGate implements PaymentProvider {
  readonly name = "PAYGATE";
  /** PayWeb3 has no request for it: refunds are made in PayGate's merchant portal. */
  readonly refund = null;

  constructor(
    private readonly id: string,
    private readonly key: string,
    private readonly address: string,
    private readonly page: string,
  ) {}

  async initialise({ reference, amount, returnUrl, webhookUrl, payerEmail }: PaymentRequest): Promise<BegunPayment> {
    const answer = await this.ask("initiate", {
      PAYGATE_ID: this.id,
      REFERENCE: reference,
      AMOUNT: `${providerUnits(amount, EXPONENT)}`,
      CURRENCY: amount.currency,
      RETURN_URL: returnUrl,
      TRANSACTION_DATE: transactionDate(),
      ...PAYER,
      EMAIL: payerEmail,
      NOTIFY_URL: webhookUrl,
    });
    const requestId = this.checked(answer, reference).get("PAY_REQUEST_ID");
    if (!requestId) throw new ProviderAway("It gave the request no id.");
    const checksum = checksumOf([this.id, requestId, reference], this.key);
    const fields = [
      { name: "PAY_REQUEST_ID", value: requestId },
      { name: "CHECKSUM", value: checksum },
    ];
    const step = { kind: "FORM_POST", url: this.page, fields } as const;
    return { step, sessionReference: requestId, livesSeconds: LIVES_SECONDS };
  }

  verifyWebhook({ rawBody }: WebhookRequest): void {
    const form = formOf(rawBody);
    if (!isSealed(form, this.key)) throw new WebhookRefusal("The checksum is wrong.");
    if (form.get("PAYGATE_ID") !== this.id) throw new WebhookRefusal("It is about another merchant.");
  }

  /** A bell only, whatever it says: the checksum covers neither the names of fields nor where one ends. */
  readWebhook(rawBody: Uint8Array): Notice {
    const form = formOf(rawBody);
    const [reference, sessionReference] = [form.get("REFERENCE"), form.get("PAY_REQUEST_ID")];
    if (!(reference && sessionReference)) throw new WebhookRefusal("It names no payment.");
    const kind = `status ${form.get("TRANSACTION_STATUS") ?? "?"} ${form.get("RESULT_CODE") ?? "?"}`.slice(0, 100);
    return { eventId: fingerprintOf(rawBody), kind, effect: { kind: "ASK", reference, sessionReference } };
  }

  async query({ reference, sessionReference }: PaymentKey): Promise<PaymentReport> {
    // Nobody has got its id, without which nobody can pay.
    if (!sessionReference) return { ...reportOf(new Map(), reference), state: "UNKNOWN" };
    const fields = { PAYGATE_ID: this.id, PAY_REQUEST_ID: sessionReference, REFERENCE: reference };
    const answer = await this.ask("query", fields);
    // Nobody has opened the payment page yet.
    if (answer.get("ERROR") === "NO_TRANS_DATA") return reportOf(new Map(), reference);
    const form = this.checked(answer, reference);
    if (form.get("PAY_REQUEST_ID") !== sessionReference) throw new ProviderAway("It answered about another request.");
    return reportOf(form, reference);
  }

  private async ask(operation: "initiate" | "query", fields: FormFields): Promise<Form> {
    const body = sealedForm(fields, this.key);
    const { status, text } = await askProvider(`${this.address}/payweb3/${operation}.trans`, { method: "POST", body });
    const form = readForm(text.trim());
    if (status === 200 && form) return form;
    throw new ProviderAway(`It answered ${status} with something else than a form.`);
  }

  /** @throws ProviderRefusal for an error that it tells; ProviderAway for an answer that is not its own, or not to this. */
  private checked(form: Form, reference: string): Form {
    const error = form.get("ERROR");
    if (error) throw new ProviderRefusal(`PayGate refused: ${error.slice(0, 100)}.`);
    if (!isSealed(form, this.key)) throw new ProviderAway("The checksum of its answer is wrong.");
    const isOurs = form.get("PAYGATE_ID") === this.id && form.get("REFERENCE") === reference;
    if (isOurs) return form;
    throw new ProviderAway("It answered about another payment.");
  }
}

/** PayGate PayWeb3: the person posts a form to its payment page; payments are in rand. */
export const paygateAdapter: ProviderAdapter = {
  name: "PAYGATE",
  settings: ["payments.payGateId", "payments.payGateKey"],
  currencies: { ZAR: { exponent: EXPONENT } },
  acknowledgement: { contentType: "text/plain", body: "OK" },
  connect: (credentials: Credentials, address, page = `${address ?? ADDRESS}/payweb3/process.trans`) => {
    const [id, key] = [credentials["payments.payGateId"] ?? "", credentials["payments.payGateKey"] ?? ""];
    return new PayGate(id, key, address ?? ADDRESS, page);
  },
};
