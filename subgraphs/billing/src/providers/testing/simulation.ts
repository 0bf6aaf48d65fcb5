import type { Money } from "@tollgate/kit";
import type { Credentials, ProviderAdapter, WebhookRequest } from "../provider.js";
import type { Loopback } from "./loopback.js";

/** A provider on loopback: its wire format, its signatures, and the people and banks behind it. */
export interface Simulation {
  adapter: ProviderAdapter;
  credentials: Credentials;
  /** Right in form, but nobody's. */
  wrongCredentials: Credentials;
  server: Loopback;
  /** An amount that can be paid. */
  amount: Money;
  /** The person pays what was asked for, or something else. @returns the webhook that says so. */
  pay(reference: string, amount?: Money): WebhookRequest;
  /** The person's payment comes to nothing for good. */
  fail(reference: string): WebhookRequest;
  /** The same webhook, signed by somebody who has not the key. */
  forge(webhook: WebhookRequest): WebhookRequest;
}
