import { randomUUID } from "node:crypto";
import { countStatements, machineDigest, Receipts, type Tx } from "@tollgate/kit";
import { TEST_SECRET, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { credit, system, vmChanged } from "../testing/arrange.js";
import {
  ask,
  books,
  buyer,
  Ears,
  issued,
  ordered,
  orderFrom,
  provisioningChanged,
  type Result,
  SMALL,
  TestClock,
} from "../testing/orders.js";
import { followProvisioning } from "./ending.js";
import { cancelOverdue, orderVm } from "./orders.js";

const tree = testTree();
const clock = new TestClock();
const ears = new Ears();
let billing: TestSubgraph;

beforeAll(async () => {
  const definition = billingSubgraph({ clock: clock.now });
  billing = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source, [ears]);
  const priceLists = [demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"))];
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
});
afterAll(() => billing.stop());

const receive = (event: Parameters<typeof billing.subgraph.inbox.receive>[0]) => billing.subgraph.inbox.receive(event);
const stateOf = async (id: string, as = buyer(tree.operator)) => {
  const { data, errors } = await billing.execute("query ($id: ID!) { order(id: $id) { state } }", { id }, as);
  const found = data?.["order"] as { state: string } | null | undefined;
  return errors ? errors[0]?.extensions?.["code"] : found?.state;
};
const cancel = async (orderId: string, as: ReturnType<typeof buyer>, idempotencyKey: string = randomUUID()) => {
  const document = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { ... on Order { id state }
    ... on Problem { __typename code } } }`;
  return (await ask<{ cancelOrder: Result }>(billing, document, { input: { orderId, idempotencyKey } }, as))
    .cancelOrder;
};
/** Makes the organisation's wallet hold exactly this much more. */
const pay = (organisationId: string, cents: bigint) => credit(billing.subgraph, organisationId, cents);

describe("without the money", () => {
  it("R5 order no machine of R150: the shortfall is told, and nothing is moved", async () => {
    const as = buyer(tree.otherReseller);
    await pay(tree.otherReseller, 500n);
    const quoteId = await issued(billing, as);
    expect(await orderFrom(billing, as, quoteId)).toMatchObject({
      __typename: "InsufficientFundsProblem",
      code: "INSUFFICIENT_FUNDS",
      available: { minorUnits: "500" },
      needed: { minorUnits: "15000" },
      shortfall: { minorUnits: "14500" },
    });
    const checked = await ask<{ canProvision: object; quote: { state: string; funds: object } }>(
      billing,
      `query ($vm: VmConfigInput!, $id: ID!) { canProvision(input: { vm: $vm }) { allowed shortfall { minorUnits } runwayHours }
        quote(id: $id) { state funds { allowed needed { minorUnits } } } }`,
      { vm: SMALL, id: quoteId },
      as,
    );
    expect(checked.canProvision).toEqual({ allowed: false, shortfall: { minorUnits: "14500" }, runwayHours: 720 });
    expect(checked.quote).toEqual({ state: "ISSUED", funds: { allowed: false, needed: { minorUnits: "15000" } } });
    expect(await books(billing.subgraph, tree.otherReseller)).toMatchObject({ posted: 500n, held: 0n });
    await billing.subgraph.delivered();
    expect(
      ears.heard.some(({ payload }) => "organisationId" in payload && payload.organisationId === tree.otherReseller),
    ).toBe(false);
    await pay(tree.otherReseller, 14_500n);
    expect(await orderFrom(billing, as, quoteId)).toMatchObject({
      state: "PLACED",
      hold: { amount: { minorUnits: "15000" } },
    });
  });

  it("of 50 orders racing on one wallet exactly seven fit into R1,050, and no eighth afterwards", async () => {
    const as = buyer(tree.sibling);
    await pay(tree.sibling, 7n * 15_000n + 14_999n);
    const quotes = [];
    for (let i = 0; i < 50; i += 1) quotes.push(await issued(billing, as));
    const results = await Promise.all(quotes.map((quoteId) => orderFrom(billing, as, quoteId)));
    expect(results.filter(({ state }) => state === "PLACED")).toHaveLength(7);
    expect(results.filter(({ code }) => code === "INSUFFICIENT_FUNDS")).toHaveLength(43);
    expect(await orderFrom(billing, as, await issued(billing, as))).toMatchObject({ code: "INSUFFICIENT_FUNDS" });
    expect(await books(billing.subgraph, tree.sibling)).toMatchObject({ held: 105_000n, available: 14_999n });
    for (const { id = "" } of results.filter(({ state }) => state === "PLACED")) {
      await receive(provisioningChanged(tree.sibling, id, "RUNNING", randomUUID()));
    }
    // What runs keeps its runway to itself: no order fits after the seven run either.
    expect(await orderFrom(billing, as, await issued(billing, as))).toMatchObject({ code: "INSUFFICIENT_FUNDS" });
    expect(await books(billing.subgraph, tree.sibling)).toMatchObject({ held: 7n * 500n, revenue: 7n * 21n });
  }, 40_000);

  it("one after the other as many fit as at once", async () => {
    const as = buyer(tree.reseller);
    await pay(tree.reseller, 3n * 15_000n);
    const states = [];
    for (let i = 0; i < 5; i += 1)
      states.push((await orderFrom(billing, as, await issued(billing, as))).state ?? "refused");
    expect(states).toEqual(["PLACED", "PLACED", "PLACED", "refused", "refused"]);
  });
});

describe("an order", () => {
  const as = buyer(tree.customer);
  beforeAll(() => pay(tree.customer, 10_000_000n));

  it("goes out once with a receipt for exactly this machine, however often it is asked for", async () => {
    const quoteId = await issued(billing, as, { ...SMALL, name: "shop" });
    const key = randomUUID();
    const results = await Promise.all(Array.from({ length: 5 }, () => orderFrom(billing, as, quoteId, key)));
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    const [{ id = "" } = {}] = results;
    const again = await orderFrom(billing, as, quoteId);
    expect(again).toMatchObject({ code: "CONFLICT" });
    expect(await orderFrom(billing, as, await issued(billing, as), key)).toMatchObject({ code: "CONFLICT" });
    const placement = await ears.placement(id);
    const proof = await new Receipts(TEST_SECRET).verify(placement.receipt);
    expect(proof).toMatchObject({ orderId: id, organisationId: tree.customer, digest: machineDigest(placement.vm) });
    expect(proof?.startBefore).toEqual(new Date(clock.now().getTime() + 300_000));
    expect(placement.vm).toMatchObject({ name: "shop", vcpus: 1, disks: [{ name: "vda", storage: "SSD" }] });
    expect(await ears.of(billing, id)).toEqual(["order.placed"]);
  });

  it("that runs pays its first hour, keeps a day in reserve and gives back the rest", async () => {
    const before = await books(billing.subgraph, tree.customer);
    const id = await ordered(billing, as);
    expect((await books(billing.subgraph, tree.customer)).held - before.held).toBe(15_000n);
    await receive(provisioningChanged(tree.customer, id, "STARTED", null));
    expect(await stateOf(id)).toBe("PROVISIONING");
    await receive(provisioningChanged(tree.customer, id, "RUNNING", randomUUID()));
    expect(await stateOf(id)).toBe("COMPLETED");
    const after = await books(billing.subgraph, tree.customer);
    expect(after.held - before.held).toBe(500n);
    expect(before.posted - after.posted).toBe(21n);
    expect(after.revenue - before.revenue).toBe(21n);
    expect(await ears.of(billing, id)).toEqual(["order.placed", "order.ended"]);
  });

  it("that fails or is cancelled gives everything back, and tells why", async () => {
    const before = await books(billing.subgraph, tree.customer);
    const failed = await ordered(billing, as);
    await receive(provisioningChanged(tree.customer, failed, "FAILED"));
    const cancelled = await ordered(billing, as);
    await receive(provisioningChanged(tree.customer, cancelled, "CANCELLED"));
    expect([await stateOf(failed), await stateOf(cancelled)]).toEqual(["FAILED", "CANCELLED"]);
    expect(await books(billing.subgraph, tree.customer)).toMatchObject({ held: before.held, posted: before.posted });
    await ears.of(billing, failed);
    expect(ears.heard.find(({ type, payload }) => type === "order.ended" && payload.orderId === failed)).toMatchObject({
      payload: { state: "FAILED", reason: "It broke.", vmName: "web" },
    });
  });

  it("ends once: news told twice, late or against each other change nothing", async () => {
    const id = await ordered(billing, as);
    const vmId = randomUUID();
    const running = provisioningChanged(tree.customer, id, "RUNNING", vmId);
    await Promise.all([receive(running), receive(running), receive({ ...running, id: randomUUID() })]);
    const after = await books(billing.subgraph, tree.customer);
    for (const state of ["STARTED", "FAILED", "CANCELLED", "RUNNING"] as const) {
      await receive(provisioningChanged(tree.customer, id, state, vmId));
    }
    expect(await stateOf(id)).toBe("COMPLETED");
    expect(await books(billing.subgraph, tree.customer)).toEqual(after);
    await receive(provisioningChanged(tree.customer, randomUUID(), "RUNNING", randomUUID()));
  });

  it("stands in the way of the next until its machine is known, whichever news come first", async () => {
    const id = await ordered(billing, as);
    const making = vmChanged({ organisationId: tree.customer, state: "PROVISIONING" });
    await receive(making);
    await receive(provisioningChanged(tree.customer, id, "RUNNING", making.vmId));
    const [row] = await system(
      billing.subgraph,
      (tx) => tx.sql<{ state: string }[]>`select state from machine where vm_id = ${making.vmId}`,
    );
    expect(row?.state).toBe("RUNNING");
  });
});

describe("a machine's reserve", () => {
  const as = buyer(tree.customer);

  it("is free again when the machine is gone, whichever of the news comes first", async () => {
    const before = await books(billing.subgraph, tree.customer);
    const first = await ordered(billing, as);
    const gone = vmChanged({ organisationId: tree.customer, state: "DELETED" });
    await receive(provisioningChanged(tree.customer, first, "RUNNING", gone.vmId));
    expect((await books(billing.subgraph, tree.customer)).held - before.held).toBe(500n);
    await receive(gone);
    await receive({ ...gone, id: randomUUID() });
    const second = await ordered(billing, as);
    const early = vmChanged({ organisationId: tree.customer, state: "DELETED" });
    await receive(early);
    await receive(provisioningChanged(tree.customer, second, "RUNNING", early.vmId));
    for (let i = 0; i < 5; i += 1) {
      const id = await ordered(billing, as);
      const deleted = vmChanged({ organisationId: tree.customer, state: "DELETED" });
      await Promise.all([receive(provisioningChanged(tree.customer, id, "RUNNING", deleted.vmId)), receive(deleted)]);
    }
    expect((await books(billing.subgraph, tree.customer)).held).toBe(before.held);
  });
});

describe("cancelling", () => {
  const as = buyer(tree.customer);

  it("asks telemetry and holds the money until it answers", async () => {
    const id = await ordered(billing, as);
    const held = (await books(billing.subgraph, tree.customer)).held;
    const key = randomUUID();
    expect(await cancel(id, as, key)).toMatchObject({ state: "CANCELLING" });
    expect(await cancel(id, as, key)).toMatchObject({ state: "CANCELLING" });
    expect(await cancel(id, as)).toMatchObject({ state: "CANCELLING" });
    expect(await ears.of(billing, id)).toEqual(["order.placed", "provisioning.cancelRequested"]);
    expect((await books(billing.subgraph, tree.customer)).held).toBe(held);
    await receive(provisioningChanged(tree.customer, id, "CANCELLED"));
    expect((await books(billing.subgraph, tree.customer)).held).toBe(held - 15_000n);
    expect(await cancel(id, as)).toMatchObject({ code: "CONFLICT" });
  });

  it("that comes too late ends in a machine that is paid for", async () => {
    const id = await ordered(billing, as);
    await receive(provisioningChanged(tree.customer, id, "STARTED"));
    await cancel(id, as);
    await receive(provisioningChanged(tree.customer, id, "STARTED"));
    expect(await stateOf(id)).toBe("CANCELLING");
    await receive(provisioningChanged(tree.customer, id, "RUNNING", randomUUID()));
    expect(await stateOf(id)).toBe("COMPLETED");
  });

  it("happens by itself after 15 minutes without an end, and releases nothing", async () => {
    const id = await ordered(billing, as);
    const { held } = await books(billing.subgraph, tree.customer);
    const sweep = () => system(billing.subgraph, (tx) => cancelOverdue(tx, clock.now()));
    clock.forward(15);
    await sweep();
    expect(await stateOf(id)).toBe("PLACED");
    clock.forward(1);
    expect(await sweep()).toBeGreaterThan(0);
    expect(await sweep()).toBe(0);
    expect(await stateOf(id)).toBe("CANCELLING");
    clock.forward(60 * 24 * 30);
    expect((await books(billing.subgraph, tree.customer)).held).toBe(held);
    expect(await ears.of(billing, id)).toEqual(["order.placed", "provisioning.cancelRequested"]);
  });
});

describe("a transaction that dies", () => {
  const as = buyer(tree.customer);

  /** Does `work` again and again, dying before each of its statements in turn, until it comes through. */
  const killedAtEachStep = async (work: (tx: Tx) => Promise<unknown>): Promise<number> => {
    for (let step = 1; ; step += 1) {
      let left = step;
      const dying = (tx: Tx): Tx => {
        const count = () => {
          left -= 1;
          if (left === 0) throw new Error("killed");
        };
        const watch = <Target extends object>(target: Target): Target =>
          new Proxy(target, {
            get: (object, name) => {
              if (["select", "insert", "update"].includes(String(name))) count();
              const value: unknown = Reflect.get(object, name);
              return typeof value === "function" ? value.bind(object) : value;
            },
            apply: (object, _self, parameters) => {
              count();
              return Reflect.apply(object as never, undefined, parameters);
            },
          });
        return { ...tx, db: watch(tx.db), sql: watch(tx.sql) };
      };
      const isKilled = await system(billing.subgraph, (tx) => work(dying(tx))).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Error && error.message === "killed") return true;
          throw error;
        },
      );
      if (!isKilled) return step - 1;
      await books(billing.subgraph, tree.customer);
    }
  };

  it("while ordering leaves nothing: no hold, no order, no event, and the quote as it was", async () => {
    const before = await books(billing.subgraph, tree.customer);
    const quoteId = await issued(billing, as);
    const key = randomUUID();
    const receipts = new Receipts(TEST_SECRET);
    const steps = await killedAtEachStep((tx) => orderVm(tx, quoteId, key, receipts, clock.now()));
    expect(steps).toBeGreaterThan(10);
    expect((await books(billing.subgraph, tree.customer)).held - before.held).toBe(15_000n);
    const [count] = await system(
      billing.subgraph,
      (tx) => tx.sql<{ n: bigint }[]>`select count(*) as n from customer_order where quote_id = ${quoteId}`,
    );
    expect(count?.n).toBe(1n);
  });

  it.each(["RUNNING", "FAILED"] as const)("while following %s is repeated whole", async (state) => {
    const before = await books(billing.subgraph, tree.customer);
    const id = await ordered(billing, as);
    const event = provisioningChanged(tree.customer, id, state, state === "RUNNING" ? randomUUID() : null);
    await killedAtEachStep((tx) => followProvisioning(tx, event, clock.now()));
    const after = await books(billing.subgraph, tree.customer);
    expect(after.held - before.held).toBe(state === "RUNNING" ? 500n : 0n);
    expect(before.posted - after.posted).toBe(state === "RUNNING" ? 21n : 0n);
  });
});

describe("orders of others", () => {
  it("are neither seen nor cancelled nor counted", async () => {
    const id = await ordered(billing, buyer(tree.customer));
    const others = [
      buyer(tree.sibling),
      buyer(tree.otherCustomer),
      buyer(tree.otherReseller),
      buyer(tree.reseller, { narrowedOrganisationId: tree.sibling }),
    ];
    for (const as of others) {
      expect(await stateOf(id, as)).toBe("NOT_FOUND");
      expect(await cancel(id, as)).toMatchObject({ code: "NOT_FOUND" });
      const { orders } = await ask<{ orders: { nodes: { id: string }[] } }>(
        billing,
        "{ orders(first: 100) { nodes { id } totalCount } }",
        {},
        as,
      );
      expect(orders.nodes.map((node) => node.id)).not.toContain(id);
      const entities = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Order { number } } }";
      const { data } = await billing.execute(entities, { r: [{ __typename: "Order", id }] }, as);
      expect(data?.["_entities"]).toEqual([null]);
    }
    expect(await stateOf("none")).toBe("NOT_FOUND");
    expect(await stateOf(id, buyer(tree.reseller))).toBe("PLACED");
  });

  it("are listed below oneself, page by page, in as many statements for one as for twenty", async () => {
    const list =
      "query ($n: Int) { orders(first: $n) { nodes { id number quote { number } hold { state } vm { id } } totalCount } }";
    const count = async (n: number) =>
      (await countStatements(() => ask(billing, list, { n }, buyer(tree.reseller)))).length;
    expect(await count(20)).toBe(await count(1));
    const { orders } = await ask<{ orders: { nodes: object[]; totalCount: number } }>(
      billing,
      list,
      { n: 5 },
      buyer(tree.reseller),
    );
    expect(orders.nodes).toHaveLength(5);
    expect(orders.totalCount).toBeGreaterThan(5);
    const items = "{ orders(filter: { kind: ITEMS }) { nodes { id } } }";
    expect(await ask(billing, items, {}, buyer(tree.reseller))).toEqual({ orders: { nodes: [] } });
  });

  it("are refused while the organisation is suspended", async () => {
    const quoteId = await issued(billing, buyer(tree.otherReseller));
    const change = tree.setStatus(tree.otherReseller, "SUSPENDED");
    await billing.subgraph.followTree();
    expect(change.status).toBe("SUSPENDED");
    expect(await orderFrom(billing, buyer(tree.otherReseller), quoteId)).toMatchObject({ code: "FORBIDDEN" });
  });

  it("take as many statements whether the wallet pays for one machine or for many", async () => {
    const count = async (org: string) => {
      const quoteId = await issued(billing, buyer(org));
      return (await countStatements(() => orderFrom(billing, buyer(org), quoteId))).length;
    };
    await pay(tree.otherCustomer, 10_000_000n);
    await ordered(billing, buyer(tree.otherCustomer)).then((id) =>
      receive(provisioningChanged(tree.otherCustomer, id, "RUNNING", randomUUID())),
    );
    const few = await count(tree.otherCustomer);
    for (let i = 0; i < 5; i += 1) {
      const id = await ordered(billing, buyer(tree.otherCustomer));
      await receive(provisioningChanged(tree.otherCustomer, id, "RUNNING", randomUUID()));
    }
    expect(await count(tree.otherCustomer)).toBe(few);
    // From asking to answer, with the outbox and the audit trail; a bound, so that growth is noticed.
    expect(few).toBeLessThanOrEqual(22);
  });
});
