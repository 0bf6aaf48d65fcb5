import { randomUUID } from "node:crypto";
import type { Currency, Money } from "@tollgate/kit";
import type { DeliveredEvent, EventSink } from "@tollgate/kit/protocol";
import { requestCaller, type TestTree, testTree, until } from "@tollgate/kit/testing";
import { desc, eq } from "drizzle-orm";
import { verifyLedger } from "../../ledger/verify.js";
import { PaidBilling } from "../../testing/paid-billing.js";
import { refund } from "../../topups/refund.schema.js";
import { type TopUpRow, topUp } from "../../topups/topup.schema.js";
import { providerEvent } from "../event.schema.js";
import type { OnlineProvider, WebhookRequest } from "../provider.js";
import type { Simulation } from "./simulation.js";

/** R500.00, and 100,000 rupiah. */
const AMOUNTS: Partial<Record<Currency, bigint>> = { ZAR: 50_000n, IDR: 10_000_000n };
const PERMISSIONS = ["wallet:read", "wallet:topUp", "topUp:approve", "topUp:refund"];

/** One provider's simulation behind billing, and ways to pay by it. */
export class Payments<S extends Simulation = Simulation> {
  readonly amount: Money;

  private constructor(
    private readonly world: PaidBilling,
    readonly simulation: S,
    /** Actions that left a record, oldest first. */
    readonly records: string[],
  ) {
    const { currency } = simulation.amount;
    this.amount = { minorUnits: AMOUNTS[currency] ?? 0n, currency };
  }

  static async start<S extends Simulation>(postgresUrl: string, simulate: () => Promise<S>): Promise<Payments<S>> {
    const simulation = await simulate();
    const records: string[] = [];
    const world = await PaidBilling.start(postgresUrl, testTree(), [simulation], [recordsInto(records)]);
    return new Payments(world, simulation, records);
  }

  stop(): Promise<void> {
    return this.world.stop();
  }

  get name(): OnlineProvider {
    return this.simulation.adapter.name;
  }

  get tree(): TestTree {
    return this.world.tree;
  }

  get time(): Date {
    return this.world.time;
  }

  set time(time: Date) {
    this.world.time = time;
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
    const as = requestCaller({ org, permissions: PERMISSIONS });
    const wanted = { idempotencyKey: randomUUID(), ...input };
    const result = await this.world.change<{ __typename: string; id: string }>(name, wanted, "id", as);
    if (result.__typename === "TopUp") return result;
    throw new Error(JSON.stringify(result));
  }

  /** What the graph says that the person does next. */
  async step(id: string): Promise<unknown> {
    const document = `query ($id: ID!) { topUp(id: $id) { step { __typename
      ... on RedirectStep { url } ... on FormPostStep { url fields { name value } } ... on SnapStep { token clientKey url } } } }`;
    const as = requestCaller({ org: this.tree.customer, permissions: PERMISSIONS });
    const { data, errors } = await this.world.subgraph.execute(document, { id }, as);
    if (errors) throw new Error(JSON.stringify(errors));
    return (data as { topUp: { step: unknown } }).topUp.step; // as the document asks for it
  }

  /** Delivers a webhook. @returns what it is answered with. */
  deliver(webhook: WebhookRequest): Promise<{ status: number; body: unknown }> {
    return this.world.deliver(this.name, webhook);
  }

  topUp(id: string): Promise<TopUpRow> {
    return this.world.system(async (tx) => {
      const [row] = await tx.db.select().from(topUp).where(eq(topUp.id, id));
      if (!row) throw new Error("no such top-up");
      return row;
    });
  }

  wallet() {
    return this.world.wallet(this.amount.currency);
  }

  /** What became of the webhooks about a top-up, newest first. */
  events(topUpId: string) {
    const { receivedAt, id } = providerEvent;
    return this.world.system((tx) =>
      tx.db.select().from(providerEvent).where(eq(providerEvent.topUpId, topUpId)).orderBy(desc(receivedAt), desc(id)),
    );
  }

  refunds(topUpId: string) {
    return this.world.system((tx) => tx.db.select().from(refund).where(eq(refund.topUpId, topUpId)));
  }

  verify() {
    return this.world.system(verifyLedger);
  }

  runJob(name: string): Promise<void> {
    return this.world.subgraph.subgraph.runJob(name);
  }

  /** Waits for a record of this action. */
  recorded(action: string): Promise<void> {
    return until(() => this.records.includes(action));
  }
}

const recordsInto = (records: string[]): EventSink => ({
  name: "tests",
  accepts: (type: string) => type === "audit.recorded",
  receive: async ({ payload }: DeliveredEvent) => {
    records.push((payload as { action: string }).action); // what every record of the trail has
  },
});
