import { randomUUID } from "node:crypto";
import { type Currency, type Money, SETTING_KEYS, variableOf } from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { desc, eq } from "drizzle-orm";
import { vi } from "vitest";
import { billingSubgraph } from "../../index.js";
import { walletFor } from "../../ledger/ledger.js";
import { verifyLedger } from "../../ledger/verify.js";
import { system } from "../../testing/arrange.js";
import { refund } from "../../topups/refund.schema.js";
import { type TopUpRow, topUp } from "../../topups/topup.schema.js";
import { walletById } from "../../wallet/wallets.js";
import { providerEvent } from "../event.schema.js";
import { webhookPath } from "../paths.js";
import type { OnlineProvider, WebhookRequest } from "../provider.js";
import type { Simulation } from "./simulation.js";

/** R500.00, and 100,000 rupiah. */
const AMOUNTS: Partial<Record<Currency, bigint>> = { ZAR: 50_000n, IDR: 10_000_000n };
const PUBLIC_URL = "https://tollgate.example";
const PERMISSIONS = ["wallet:read", "wallet:topUp", "topUp:approve", "topUp:refund"];

/** Billing with one provider's simulation behind it, and ways to pay. */
export class Payments<S extends Simulation = Simulation> {
  readonly tree = testTree();
  readonly amount: Money;
  /** Actions that left a record, oldest first. */
  readonly records: string[] = [];
  time = new Date("2026-05-04T09:00:00Z");
  private billing: TestSubgraph;

  private constructor(
    readonly name: OnlineProvider,
    readonly simulation: S,
  ) {
    const { currency } = simulation.amount;
    this.amount = { minorUnits: AMOUNTS[currency] ?? 0n, currency };
  }

  static async start<S extends Simulation>(postgresUrl: string, simulate: () => Promise<S>): Promise<Payments<S>> {
    const simulation = await simulate();
    const { adapter, credentials, server } = simulation;
    for (const key of SETTING_KEYS) {
      const given = new Map<string, string>(Object.entries(credentials)).get(key);
      if (given !== undefined) vi.stubEnv(variableOf(key), given);
    }
    const payments = new Payments(adapter.name, simulation);
    const paymentAddresses = { [adapter.name]: server.address };
    const definition = billingSubgraph({ clock: () => payments.time, publicUrl: PUBLIC_URL, paymentAddresses });
    payments.billing = await TestSubgraph.start(postgresUrl, definition, payments.tree.source, [payments.sink()]);
    return payments;
  }

  async stop(): Promise<void> {
    vi.unstubAllEnvs();
    await this.billing.stop();
    await this.simulation.server.stop();
  }

  /** A top-up that waits for its payment. */
  async begin(): Promise<TopUpRow> {
    const { minorUnits, currency } = this.amount;
    const walletId = (await this.wallet()).id;
    const amount = { minorUnits: `${minorUnits}`, currency };
    const { id } = await this.change("startTopUp", { walletId, amount, provider: this.name });
    return this.topUp(id);
  }

  /** @returns what the mutation changed. @throws for anything else than a top-up. */
  async change(name: string, input: Record<string, unknown>, org = this.tree.customer): Promise<{ id: string }> {
    const document = `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) {
      result: ${name}(input: $input) { __typename ... on TopUp { id } ... on Problem { message } } }`;
    const variables = { input: { idempotencyKey: randomUUID(), ...input } };
    const { data, errors } = await this.billing.execute(
      document,
      variables,
      requestCaller({ org, permissions: PERMISSIONS }),
    );
    const { result } = (data ?? {}) as { result?: { __typename: string; id: string } }; // as the document asks for it
    if (result?.__typename === "TopUp") return result;
    throw new Error(JSON.stringify(errors ?? result));
  }

  /** What the graph says that the person does next. */
  async step(id: string): Promise<unknown> {
    const document = `query ($id: ID!) { topUp(id: $id) { step { __typename
      ... on RedirectStep { url } ... on FormPostStep { url fields { name value } } ... on SnapStep { token clientKey url } } } }`;
    const as = requestCaller({ org: this.tree.customer, permissions: PERMISSIONS });
    const { data, errors } = await this.billing.execute(document, { id }, as);
    if (errors) throw new Error(JSON.stringify(errors));
    return (data as { topUp: { step: unknown } }).topUp.step; // as the document asks for it
  }

  /** Delivers a webhook. @returns what it is answered with. */
  async deliver({ rawBody, headers }: WebhookRequest): Promise<{ status: number; body: unknown }> {
    const path = webhookPath(this.name);
    const route = this.billing.subgraph.routes.find((each) => each.method === "POST" && each.path === path);
    if (!route) throw new Error(`Nobody takes ${path}.`);
    const query = new URLSearchParams();
    const { status, body } = await route.handle({
      method: "POST",
      path,
      query,
      headers,
      rawBody,
      address: "127.0.0.1",
    });
    return { status, body };
  }

  topUp(id: string): Promise<TopUpRow> {
    return this.system(async (tx) => {
      const [row] = await tx.db.select().from(topUp).where(eq(topUp.id, id));
      if (!row) throw new Error("no such top-up");
      return row;
    });
  }

  wallet() {
    return this.system(async (tx) => walletById(tx, await walletFor(tx, this.tree.customer, this.amount.currency)));
  }

  /** What became of the webhooks about a top-up, newest first. */
  events(topUpId: string) {
    const { receivedAt, id } = providerEvent;
    return this.system((tx) =>
      tx.db.select().from(providerEvent).where(eq(providerEvent.topUpId, topUpId)).orderBy(desc(receivedAt), desc(id)),
    );
  }

  refunds(topUpId: string) {
    return this.system((tx) => tx.db.select().from(refund).where(eq(refund.topUpId, topUpId)));
  }

  verify() {
    return this.system(verifyLedger);
  }

  runJob(name: string): Promise<void> {
    return this.billing.subgraph.runJob(name);
  }

  /** Waits for a record of this action. */
  recorded(action: string): Promise<void> {
    return until(() => this.records.includes(action));
  }

  private system<T>(work: Parameters<typeof system<T>>[1]): Promise<T> {
    return system(this.billing.subgraph, work);
  }

  private sink() {
    return {
      name: "tests",
      accepts: (type: string) => type === "audit.recorded",
      receive: async ({ payload }: DeliveredEvent) => {
        this.records.push((payload as { action: string }).action); // what every record of the trail has
      },
    };
  }
}
