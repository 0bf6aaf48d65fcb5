import { createHash, randomInt, randomUUID } from "node:crypto";
import { isCurrency } from "@tollgate/kit";
import type { WebhookRequest } from "../provider.js";
import { type Checkout, type Reply, remember, type SimulatedProvider, type TakenRequest } from "./simulated.js";

/** PayGate's published test account. */
const ID = "10011072130";
const KEY = "secret";
/** Fields of a request to begin with in PayGate's order, which its checksum is made in. */
const ASKED = [
  "PAYGATE_ID",
  "REFERENCE",
  "AMOUNT",
  "CURRENCY",
  "RETURN_URL",
  "TRANSACTION_DATE",
  "LOCALE",
  "COUNTRY",
  "EMAIL",
  "PAY_METHOD",
  "PAY_METHOD_DETAIL",
  "NOTIFY_URL",
  "USER1",
  "USER2",
  "USER3",
  "VAULT",
  "VAULT_ID",
];

interface Payment {
  requestId: string;
  reference: string;
  amount: string;
  currency: string;
  status: string;
  code: string;
  description: string;
  transactionId: string;
  returnUrl: string;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

const form = (fields: [string, string][], key = KEY): string => {
  const checksum = md5(fields.map(([, value]) => value).join("") + key);
  return new URLSearchParams([...fields, ["CHECKSUM", checksum]]).toString();
};

const told = (body: string): Reply => ({ status: 200, contentType: "text/html", body });
const error = (code: string): Reply => told(`ERROR=${code}`);

/** A payment in PayGate's words, as in a notification and in the answer to a query. */
const wordsOf = (payment: Payment): [string, string][] => [
  ["PAYGATE_ID", ID],
  ["PAY_REQUEST_ID", payment.requestId],
  ["REFERENCE", payment.reference],
  ["TRANSACTION_STATUS", payment.status],
  ["RESULT_CODE", payment.code],
  ["AUTH_CODE", payment.status === "1" ? "5T8A0Z" : ""],
  ["CURRENCY", payment.currency],
  ["AMOUNT", payment.amount],
  ["RESULT_DESC", payment.description],
  ["TRANSACTION_ID", payment.transactionId],
  ["RISK_INDICATOR", "AX"],
  ["PAY_METHOD", "CC"],
  ["PAY_METHOD_DETAIL", "Visa"],
];

/** PayGate PayWeb3. */
export class PayGateServer implements SimulatedProvider {
  readonly name = "PAYGATE";
  readonly credentials = { "payments.payGateId": ID, "payments.payGateKey": KEY };
  private readonly payments = new Map<string, Payment>();
  readonly memory: SimulatedProvider["memory"] = { payments: this.payments };

  /** Answers as `initiate.trans` and `query.trans` do. */
  readonly answer = ({ path, body }: TakenRequest): Reply => {
    const fields = new URLSearchParams(body);
    const names = path.endsWith("/initiate.trans") ? ASKED : ["PAYGATE_ID", "PAY_REQUEST_ID", "REFERENCE"];
    if (fields.get("PAYGATE_ID") !== ID) return error("ND_INV_PGID");
    if (fields.get("CHECKSUM") !== md5(names.map((name) => fields.get(name) ?? "").join("") + KEY)) {
      return error("DATA_CHK");
    }
    return path.endsWith("/initiate.trans") ? this.initiate(fields) : this.query(fields);
  };

  /** @param id of the request for it; its page is posted to, with a checksum. */
  checkout(id: string): Checkout | null {
    const found = [...this.payments.values()].find(({ requestId }) => requestId === id);
    if (!found || !isCurrency(found.currency)) return null;
    const { reference, currency, returnUrl, transactionId, status } = found;
    const amount = { minorUnits: BigInt(found.amount), currency };
    const ended = status === "1" ? ("PAID" as const) : ("NOT_PAID" as const);
    return { reference, amount, returnUrl, outcome: transactionId === "" ? "OPEN" : ended };
  }

  /** Whether what a browser posts to the payment page is what the merchant gave it. */
  isOurs(requestId: string, checksum: string): boolean {
    const reference = this.checkout(requestId)?.reference;
    return reference !== undefined && checksum === md5(`${ID}${requestId}${reference}${KEY}`);
  }

  pay(reference: string): WebhookRequest {
    return this.end(reference, { status: "1", code: "990017", description: "Auth Done" });
  }

  decline(reference: string): WebhookRequest {
    return this.end(reference, { status: "2", code: "900007", description: "Declined" });
  }

  /** It makes no refunds. */
  takeNews(): WebhookRequest[] {
    return [];
  }

  /** How a payment stands. */
  payment(reference: string): Payment {
    const found = this.payments.get(reference);
    if (found) return found;
    throw new Error(`PayGate knows no payment ${reference}.`);
  }

  /** @param key what it is signed with. */
  notification(reference: string, key = KEY): WebhookRequest {
    return { rawBody: Buffer.from(form(wordsOf(this.payment(reference)), key)), headers: {} };
  }

  private initiate(fields: URLSearchParams): Reply {
    const [reference, amount] = [fields.get("REFERENCE") ?? "", fields.get("AMOUNT") ?? ""];
    if (!reference) return error("DATA_CREF");
    if (!/^\d+$/.test(amount)) return error("DATA_AMT_NUM");
    if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(fields.get("TRANSACTION_DATE") ?? "")) return error("DATA_DTTM");
    if (!fields.get("RETURN_URL")) return error("DATA_URL");
    if (!/^\S+@\S+$/.test(fields.get("EMAIL") ?? "")) return error("INV_EMAIL");
    if (fields.get("COUNTRY") !== "ZAF") return error("CNTRY_INVALID");
    const requestId = randomUUID().toUpperCase();
    const currency = fields.get("CURRENCY") ?? "";
    const open = { status: "0", code: "", description: "", transactionId: "" };
    const returnUrl = fields.get("RETURN_URL") ?? "";
    remember(this.payments, reference, { requestId, reference, amount, currency, returnUrl, ...open });
    const reply: [string, string][] = [
      ["PAYGATE_ID", ID],
      ["PAY_REQUEST_ID", requestId],
      ["REFERENCE", reference],
    ];
    return told(form(reply));
  }

  private query(fields: URLSearchParams): Reply {
    const payment = this.payments.get(fields.get("REFERENCE") ?? "");
    if (payment?.requestId !== fields.get("PAY_REQUEST_ID")) return error("DATA_PAY_REQ_ID");
    return payment.transactionId ? told(form(wordsOf(payment))) : error("NO_TRANS_DATA");
  }

  /** The person comes to an end with it. */
  end(reference: string, end: Partial<Payment>): WebhookRequest {
    Object.assign(this.payment(reference), { transactionId: `${randomInt(10_000_000, 99_999_999)}`, ...end });
    return this.notification(reference);
  }
}
