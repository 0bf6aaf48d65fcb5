import { randomUUID } from "node:crypto";
import { requestCaller, type TestSubgraph, type TestTree } from "@tollgate/kit/testing";
import type { WebhookRequest } from "../providers/provider.js";
import { simulatePaystack } from "../providers/testing/paystack-server.js";
import { simulateStripe } from "../providers/testing/stripe-server.js";
import { PaidBilling } from "./paid-billing.js";

const PERMISSIONS = [
  "wallet:read",
  "wallet:topUp",
  "topUp:approve",
  "topUp:refund",
  "providerEvent:read",
  "operations:replay",
];
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

const TOP_UP =
  "id state reference failureReason step { ... on RedirectStep { url } } refunded { minorUnits } bonus { minorUnits }";

/** A customer who pays by Paystack or Stripe. */
export class PaymentDesk {
  private constructor(
    private readonly world: PaidBilling,
    readonly paystack: Awaited<ReturnType<typeof simulatePaystack>>,
    readonly stripe: Awaited<ReturnType<typeof simulateStripe>>,
  ) {}

  static async open(serverUrl: string, tree: TestTree): Promise<PaymentDesk> {
    const [paystack, stripe] = await Promise.all([simulatePaystack(), simulateStripe()]);
    return new PaymentDesk(await PaidBilling.start(serverUrl, tree, [paystack, stripe]), paystack, stripe);
  }

  close(): Promise<void> {
    return this.world.stop();
  }

  get billing(): TestSubgraph {
    return this.world.subgraph;
  }

  get time(): Date {
    return this.world.time;
  }

  set time(time: Date) {
    this.world.time = time;
  }

  caller(org: string = this.world.tree.customer) {
    return requestCaller({ org, permissions: PERMISSIONS }, { deadline: Date.now() + 120_000 });
  }

  change(name: string, input: Record<string, unknown>, as = this.caller()): Promise<Shown> {
    return this.world.change<Shown>(name, input, TOP_UP, as);
  }

  wallet() {
    return this.world.wallet();
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
    await this.send(provider === "STRIPE" ? "stripe" : "paystack", webhook);
    const { payment_intent } = JSON.parse(Buffer.from(webhook.rawBody).toString()).data.object ?? {};
    return { ...started, payment_intent };
  }

  async stateOf(id: string): Promise<string> {
    const document = "query ($id: ID!) { topUp(id: $id) { state } }";
    const { data } = await this.billing.execute(document, { id }, this.caller());
    return (data as { topUp: { state: string } }).topUp.state; // as the document asks for it
  }

  /** A webhook as it arrives. @returns the status that it is answered with. */
  async send(name: "paystack" | "stripe", webhook: WebhookRequest): Promise<number> {
    return (await this.world.deliver(name === "stripe" ? "STRIPE" : "PAYSTACK", webhook)).status;
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
    const { data, errors } = await this.billing.execute(document, { filter }, this.caller(this.world.tree.operator));
    if (errors) throw new Error(JSON.stringify(errors));
    return (data as { providerEvents: { nodes: ShownEvent[] } }).providerEvents.nodes; // as the document asks for it
  }

  /** Records of the trail with this action. */
  records(action: string) {
    return this.world.system(
      (tx) => tx.sql`
        select 1 from outbox where type = 'audit.recorded' and payload->>'action' = ${action}`,
    );
  }
}
