import { type Currency, SETTING_KEYS, variableOf } from "@tollgate/kit";
import type { EventSink } from "@tollgate/kit/protocol";
import { type requestCaller, TestSubgraph, type TestTree } from "@tollgate/kit/testing";
import { vi } from "vitest";
import { billingSubgraph } from "../index.js";
import { walletFor } from "../ledger/ledger.js";
import { webhookPath } from "../providers/paths.js";
import type { OnlineProvider, WebhookRequest } from "../providers/provider.js";
import type { Simulation } from "../providers/testing/simulation.js";
import { walletById } from "../wallet/wallets.js";
import { system } from "./arrange.js";

/** Where the tests' people reach Tollgate. */
const PUBLIC_URL = "https://tollgate.example";

/** Billing with simulated providers behind it, whose keys the environment has, and a clock that a test moves. */
export class PaidBilling {
  time = new Date("2026-05-04T09:00:00Z");
  private started: TestSubgraph | null = null;

  private constructor(
    readonly tree: TestTree,
    private readonly simulations: readonly Simulation[],
  ) {}

  static async start(
    serverUrl: string,
    tree: TestTree,
    simulations: readonly Simulation[],
    sinks: readonly EventSink[] = [],
  ): Promise<PaidBilling> {
    const made = new PaidBilling(tree, simulations);
    const paymentAddresses: Partial<Record<OnlineProvider, string>> = {};
    for (const { adapter, credentials, server } of simulations) {
      paymentAddresses[adapter.name] = server.address;
      const given = new Map<string, string>(Object.entries(credentials));
      for (const key of SETTING_KEYS) {
        const secret = given.get(key);
        if (secret !== undefined) vi.stubEnv(variableOf(key), secret);
      }
    }
    const definition = billingSubgraph({ clock: () => made.time, publicUrl: PUBLIC_URL, paymentAddresses });
    made.started = await TestSubgraph.start(serverUrl, definition, tree.source, [...sinks]);
    return made;
  }

  get subgraph(): TestSubgraph {
    if (!this.started) throw new Error("billing has not started");
    return this.started;
  }

  async stop(): Promise<void> {
    vi.unstubAllEnvs();
    await this.started?.stop();
    await Promise.all(this.simulations.map(({ server }) => server.stop()));
  }

  /** A mutation of top-ups. @param selection of the top-up. @returns what the document asks for, with its type's name. */
  async change<Shown>(
    name: string,
    input: Record<string, unknown>,
    selection: string,
    as: ReturnType<typeof requestCaller>,
  ): Promise<Shown> {
    const document = `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { result: ${name}(input: $input) {
      __typename ... on TopUp { ${selection} } ... on Problem { code message } } }`;
    const { data, errors } = await this.subgraph.execute(document, { input }, as);
    if (errors) throw new Error(JSON.stringify(errors));
    return (data as { result: Shown }).result; // as the document asks for it
  }

  /** A webhook as it arrives. */
  async deliver(
    name: OnlineProvider,
    { rawBody, headers }: WebhookRequest,
  ): Promise<{ status: number; body: unknown }> {
    const path = webhookPath(name);
    const route = this.subgraph.subgraph.routes.find((one) => one.method === "POST" && one.path === path);
    if (!route) throw new Error(`Nobody takes ${path}.`);
    const place = { method: "POST", path, query: new URLSearchParams(), address: "127.0.0.1" };
    const { status, body } = await route.handle({ ...place, rawBody, headers });
    return { status, body };
  }

  /** The customer's, made on first use. */
  wallet(currency: Currency = "ZAR") {
    return this.system(async (tx) => walletById(tx, await walletFor(tx, this.tree.customer, currency)));
  }

  system<T>(work: Parameters<typeof system<T>>[1]): Promise<T> {
    return system(this.subgraph.subgraph, work);
  }
}
