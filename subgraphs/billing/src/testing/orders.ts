import { randomUUID } from "node:crypto";
import { newEventId, type Subgraph } from "@tollgate/kit";
import type { DeliveredEvent, EventPayloads, EventSink, ProvisioningChange } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, type TestTree, until } from "@tollgate/kit/testing";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { verifyLedger } from "../ledger/verify.js";
import { credit, system } from "./arrange.js";

/** A clock that only moves when a test moves it. */
export class TestClock {
  private milliseconds = Date.parse("2026-06-01T12:00:00Z");

  readonly now = (): Date => new Date(this.milliseconds);

  forward(minutes: number): void {
    this.milliseconds += minutes * 60_000;
  }
}

export const BUYER = ["quote:read", "quote:create", "order:read", "order:place", "wallet:read", "catalogue:read"];

/** Somebody who orders, in as many requests as a test makes. */
export const buyer = (org: string, rest = {}) =>
  requestCaller({ org, permissions: BUYER }, { deadline: Date.now() + 600_000, ...rest });

/** *small* of the demo: R150 a month. */
export const SMALL = { name: "web", templateId: "01900000-0000-7000-8000-000000000001", image: "Debian 13" };

/** The answer's data where there must be no error. */
export const ask = async <Data>(
  billing: TestSubgraph,
  document: string,
  variables: Record<string, unknown>,
  as: ReturnType<typeof requestCaller>,
): Promise<Data> => {
  const { data, errors } = await billing.execute(document, variables, as);
  if (errors) throw new Error(JSON.stringify(errors));
  return data as Data; // of the shape that the document asks for
};

const PROBLEM = "... on Problem { __typename code message }";

export interface Result {
  id?: string;
  state?: string;
  __typename?: string;
  code?: string;
}

/** An issued quote for a machine. @returns its id. */
export const issued = async (
  billing: TestSubgraph,
  as: ReturnType<typeof buyer>,
  vm: object = SMALL,
): Promise<string> => {
  const document = `mutation ($input: CreateQuoteInput!) { createQuote(input: $input) { ... on Quote { id } ${PROBLEM} } }`;
  const input = { vm, interval: "MONTHLY", idempotencyKey: randomUUID() };
  const { createQuote } = await ask<{ createQuote: Result }>(billing, document, { input }, as);
  if (!createQuote.id) throw new Error(JSON.stringify(createQuote));
  const issue = `mutation ($input: IssueQuoteInput!) { issueQuote(input: $input) { ... on Quote { id state } ${PROBLEM} } }`;
  await ask(billing, issue, { input: { quoteId: createQuote.id, idempotencyKey: randomUUID() } }, as);
  return createQuote.id;
};

export const ORDER = `mutation ($input: OrderVmInput!) { orderVm(input: $input) { ... on Order { id state number
  hold { amount { minorUnits } } } ... on InsufficientFundsProblem { available { minorUnits } needed { minorUnits }
  shortfall { minorUnits } wallet { id } } ${PROBLEM} } }`;

export const orderFrom = async (
  billing: TestSubgraph,
  as: ReturnType<typeof buyer>,
  quoteId: string,
  idempotencyKey: string = randomUUID(),
): Promise<Result> =>
  (await ask<{ orderVm: Result }>(billing, ORDER, { input: { quoteId, idempotencyKey } }, as)).orderVm;

/** Quote and order at once. @returns the order's id. */
export const ordered = async (
  billing: TestSubgraph,
  as: ReturnType<typeof buyer>,
  vm: object = SMALL,
): Promise<string> => {
  const result = await orderFrom(billing, as, await issued(billing, as, vm));
  if (!result.id) throw new Error(JSON.stringify(result));
  return result.id;
};

/** What telemetry tells of an order. */
export const provisioningChanged = (
  organisationId: string,
  orderId: string,
  state: ProvisioningChange["state"],
  vmId: string | null = null,
): DeliveredEvent => ({
  id: newEventId(),
  type: "provisioning.changed",
  aggregateId: orderId,
  aggregateVersion: 1n,
  organisationId,
  occurredAt: new Date(),
  payload: { orderId, organisationId, state, vmId, reason: state === "FAILED" ? "It broke." : null, at: new Date() },
  sealed: null,
});

export interface Books {
  posted: bigint;
  held: bigint;
  available: bigint;
  revenue: bigint;
  /** Of all open holds. */
  open: bigint;
}

/** An organisation's wallet, after proving that the ledger keeps its laws and held equals the open holds. */
export const books = async (subgraph: Subgraph, organisationId: string): Promise<Books> =>
  system(subgraph, async (tx) => {
    const [row] = await tx.sql<Books[]>`
      select posted, held, available, revenue, (select coalesce(sum(amount - captured), 0)::bigint from hold h
        where h.wallet_id = w.id and h.state = 'OPEN') as open from wallet w where organisation_id = ${organisationId}`;
    const { findings } = await verifyLedger(tx);
    if (!row || findings.length > 0 || row.open !== row.held) throw new Error("the books are broken");
    return { ...row };
  });

type Heard = { [Type in keyof EventPayloads]: { type: Type; payload: EventPayloads[Type] } }[keyof EventPayloads];

/** Collects what billing tells the others of orders. */
export class Ears implements EventSink {
  readonly name = "ears";
  readonly heard: Heard[] = [];

  accepts(type: string): boolean {
    return ["order.placed", "provisioning.cancelRequested", "order.ended"].includes(type);
  }

  async receive(event: DeliveredEvent): Promise<void> {
    this.heard.push(event as unknown as Heard); // the catalogue's payload for its type
  }

  /** Types of what was told of an order, once everything has arrived. */
  async of(billing: TestSubgraph, orderId: string): Promise<string[]> {
    await billing.subgraph.delivered();
    return this.heard
      .filter(({ payload }) => "orderId" in payload && payload.orderId === orderId)
      .map(({ type }) => type);
  }

  async placement(orderId: string): Promise<EventPayloads["order.placed"]> {
    const find = () =>
      this.heard.find((one) => one.type === "order.placed" && one.payload.orderId === orderId)?.payload;
    await until(() => find() !== undefined);
    return find() as EventPayloads["order.placed"]; // found by its type
  }
}

/** Billing with the demo's prices on a clock that stands still, and what tests of orders do with it. */
export class OrderDesk {
  private constructor(
    readonly billing: TestSubgraph,
    readonly clock: TestClock,
    readonly ears: Ears,
  ) {}

  static async start(postgresUrl: string, tree: TestTree): Promise<OrderDesk> {
    const [clock, ears] = [new TestClock(), new Ears()];
    const definition = billingSubgraph({ clock: clock.now });
    const billing = await TestSubgraph.start(postgresUrl, definition, tree.source, [ears]);
    const priceLists = [demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"))];
    await seedBilling(billing.subgraph, { priceLists, credits: [] });
    return new OrderDesk(billing, clock, ears);
  }

  stop(): Promise<void> {
    return this.billing.stop();
  }

  receive(event: DeliveredEvent): Promise<void> {
    return this.billing.subgraph.inbox.receive(event);
  }

  /** Makes the organisation's wallet hold exactly this much more. */
  pay(organisationId: string, cents: bigint) {
    return credit(this.billing.subgraph, organisationId, cents);
  }

  books(organisationId: string): Promise<Books> {
    return books(this.billing.subgraph, organisationId);
  }

  /** The order's state as somebody sees it, or the code of the refusal. */
  async stateOf(id: string, as: ReturnType<typeof buyer>): Promise<unknown> {
    const { data, errors } = await this.billing.execute("query ($id: ID!) { order(id: $id) { state } }", { id }, as);
    const found = data?.["order"] as { state: string } | null | undefined; // as the document asks for it
    return errors ? errors[0]?.extensions?.["code"] : found?.state;
  }

  async cancel(orderId: string, as: ReturnType<typeof buyer>, idempotencyKey: string = randomUUID()): Promise<Result> {
    const document = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { ... on Order { id state }
      ... on Problem { __typename code } } }`;
    const input = { orderId, idempotencyKey };
    return (await ask<{ cancelOrder: Result }>(this.billing, document, { input }, as)).cancelOrder;
  }
}
