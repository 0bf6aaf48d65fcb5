import type { Money } from "@tollgate/kit";
import type { Credentials, OnlineProvider, WebhookRequest } from "../provider.js";

/** A request as a simulated provider takes it. */
export interface TakenRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface Reply {
  status: number;
  contentType: string;
  body: string;
}

/** A payment as its page at the provider shows it. */
export interface Checkout {
  /** As we gave it. */
  reference: string;
  amount: Money;
  /** Where the browser goes on to. */
  returnUrl: string;
  outcome: "OPEN" | "PAID" | "NOT_PAID";
}

/** What a provider knows of one kind of thing, by its id; the type of its values is for the provider to know. */
export type Book = Map<string, unknown>;

/** A provider that nobody needs an account with: its wire format, its signatures, and the bank behind it. */
export interface SimulatedProvider {
  readonly name: OnlineProvider;
  /** All that it knows, as values that JSON has: kept over a start anew. */
  readonly memory: Readonly<Record<string, Book>>;
  /** That it knows its merchant by. */
  readonly credentials: Credentials;
  /** Answers as the provider's interface does. */
  readonly answer: (request: TakenRequest) => Reply;
  /** Whose page has this id in its address; null for none. */
  checkout(id: string): Checkout | null;
  /** The bank takes the payment. @returns the signed webhook that says so. */
  pay(reference: string): WebhookRequest;
  /** The payment comes to nothing for good. */
  decline(reference: string): WebhookRequest;
  /** Webhooks that it has to send of its own accord, once each. */
  takeNews(): WebhookRequest[];
}

/** More than that many payments nobody makes by hand: the oldest are forgotten. */
const MOST_REMEMBERED = 5_000;

export const remember = <Value>(values: Map<string, Value>, key: string, value: Value): void => {
  values.set(key, value);
  const [oldest] = values.keys();
  if (values.size > MOST_REMEMBERED && oldest !== undefined) values.delete(oldest);
};

export const json = (status: number, body: object): Reply => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(body),
});
