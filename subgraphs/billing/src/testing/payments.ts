import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, type TestTree } from "@tollgate/kit/testing";
import { billingSubgraph } from "../index.js";
import { walletFor } from "../ledger/ledger.js";
import type { WebhookRequest } from "../providers/provider.js";
import { simulatePaystack } from "../providers/testing/paystack-server.js";
import { simulateStripe } from "../providers/testing/stripe-server.js";
import { walletById } from "../wallet/wallets.js";
import { system } from "./arrange.js";

const PERMISSIONS = [
  "wallet:read",
  "wallet:topUp",
  "topUp:approve",
  "topUp:refund",
  "providerEvent:read",
  "operations:replay",
];
const KEYS = {
  PAYMENTS_PAYSTACK_KEY: "sk_test_simulated",
  PAYMENTS_STRIPE_KEY: "sk_test_simulated",
  PAYMENTS_STRIPE_WEBHOOK_KEY: "whsec_simulated",
};

/** What the documents below ask for. */
interface Shown {
  __typename: string;
  id: string;
  state: string;
  reference: string;
  failureReason: string | null;
  step: { url: string } | null;
  refunded: { minorUnits: string };
  bonus: { minorUnits: string } | null;
  code: string;
}

interface ShownEvent {
  id: string;
  state: string;
  problem: string;
  kind: string;
}

/** Billing with simulated providers, and a customer who pays by them. */
export class PaymentDesk {
  time = new Date("2026-05-04T09:00:00Z");

  private constructor(
    private readonly tree: TestTree,
    readonly billing: TestSubgraph,
    readonly paystack: Awaited<ReturnType<typeof simulatePaystack>>,
    readonly stripe: Awaited<ReturnType<typeof simulateStripe>>,
  ) {}

  static async open(serverUrl: string, tree: TestTree): Promise<PaymentDesk> {
    Object.assign(process.env, KEYS);
    const [paystack, stripe] = await Promise.all([simulatePaystack(), simulateStripe()]);
    const paymentAddresses = { PAYSTACK: paystack.server.address, STRIPE: stripe.server.address };
    const made: { desk?: PaymentDesk } = {};
    const clock = () => made.desk?.time ?? new Date("2026-05-04T09:00:00Z");
    const definition = billingSubgraph({ clock, paymentAddresses, publicUrl: "https://tollgate.example" });
    const billing = await TestSubgraph.start(serverUrl, definition, tree.source);
    made.desk = new PaymentDesk(tree, billing, paystack, stripe);
    return made.desk;
  }

  async close(): Promise<void> {
    for (const key of Object.keys(KEYS)) delete process.env[key];
    await this.billing.stop();
    await Promise.all([this.paystack.server.stop(), this.stripe.server.stop()]);
  }

  caller(org: string = this.tree.customer) {
    return requestCaller({ org, permissions: PERMISSIONS }, { deadline: Date.now() + 120_000 });
  }

  async change(name: string, input: Record<string, unknown>, as = this.caller()): Promise<Shown> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename
      ... on TopUp { id state reference failureReason step { ... on RedirectStep { url } } refunded { minorUnits }
        bonus { minorUnits } }
      ... on Problem { code message } } }`;
    const { data, errors } = await this.billing.execute(document, { input }, as);
    if (errors) throw new Error(JSON.stringify(errors));
    return (data as { result: Shown }).result; // as the document asks for it
  }

  wallet() {
    return system(this.billing.subgraph, async (tx) => walletById(tx, await walletFor(tx, this.tree.customer, "ZAR")));
  }

  async start(rest: Record<string, unknown> = {}): Promise<Shown> {
    const amount = { minorUnits: "50000", currency: "ZAR" };
    const { id: walletId } = await this.wallet();
    return this.change("startTopUp", { walletId, amount, provider: "PAYSTACK", idempotencyKey: randomUUID(), ...rest });
  }

  /** One that the provider says is paid. */
  async paid(provider: "PAYSTACK" | "STRIPE" = "STRIPE") {
    const started = await this.start({ provider });
    const simulation = provider === "STRIPE" ? this.stripe : this.paystack;
    const webhook = simulation.pay(started.reference);
    await this.send(provider.toLowerCase(), webhook);
    const { payment_intent } = JSON.parse(Buffer.from(webhook.rawBody).toString()).data.object ?? {};
    return { ...started, payment_intent };
  }

  async stateOf(id: string): Promise<string> {
    const document = "query ($id: ID!) { topUp(id: $id) { state } }";
    const { data } = await this.billing.execute(document, { id }, this.caller());
    return (data as { topUp: { state: string } }).topUp.state; // as the document asks for it
  }

  /** A webhook as it arrives. @returns the status that it is answered with. */
  async send(name: string, { rawBody, headers }: WebhookRequest): Promise<number> {
    const path = `/webhooks/payments/${name}`;
    const route = this.billing.subgraph.routes.find((one) => one.path === path);
    if (!route) throw new Error("no such route");
    const request = { method: "POST", path, query: new URLSearchParams(), headers, rawBody, address: "127.0.0.1" };
    return (await route.handle(request)).status;
  }

  /** How much the wallet gained while `work` ran. */
  async gained(work: () => Promise<unknown>): Promise<bigint> {
    const before = (await this.wallet()).posted;
    await work();
    return (await this.wallet()).posted - before;
  }

  async events(filter: Record<string, unknown>): Promise<ShownEvent[]> {
    const document = `query ($filter: ProviderEventFilter) { providerEvents(filter: $filter) {
      nodes { id state problem kind topUp { id } } } }`;
    const { data, errors } = await this.billing.execute(document, { filter }, this.caller(this.tree.operator));
    if (errors) throw new Error(JSON.stringify(errors));
    return (data as { providerEvents: { nodes: ShownEvent[] } }).providerEvents.nodes; // as the document asks for it
  }

  /** Records of the trail with this action. */
  records(action: string) {
    return system(
      this.billing.subgraph,
      (tx) => tx.sql`
        select 1 from outbox where type = 'audit.recorded' and payload->>'action' = ${action}`,
    );
  }
}
