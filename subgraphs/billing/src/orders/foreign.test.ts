import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ask, buyer, issued, OrderDesk, ordered, orderFrom, provisioningChanged } from "../testing/orders.js";

const tree = testTree();
const operator = buyer(tree.operator);
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
  await desk.pay(tree.customer, 10_000_000n);
});
afterAll(() => desk.stop());

describe("orders of others", () => {
  it("are neither seen nor cancelled nor counted", async () => {
    const id = await ordered(desk.billing, buyer(tree.customer));
    const others = [
      buyer(tree.sibling),
      buyer(tree.otherCustomer),
      buyer(tree.otherReseller),
      buyer(tree.reseller, { narrowedOrganisationId: tree.sibling }),
    ];
    for (const as of others) {
      expect(await desk.stateOf(id, as)).toBe("NOT_FOUND");
      expect(await desk.cancel(id, as)).toMatchObject({ code: "NOT_FOUND" });
      const { orders } = await ask<{ orders: { nodes: { id: string }[] } }>(
        desk.billing,
        "{ orders(first: 100) { nodes { id } totalCount } }",
        {},
        as,
      );
      expect(orders.nodes.map((node) => node.id)).not.toContain(id);
      const entities = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Order { number } } }";
      const { data } = await desk.billing.execute(entities, { r: [{ __typename: "Order", id }] }, as);
      expect(data?.["_entities"]).toEqual([null]);
    }
    expect(await desk.stateOf("none", operator)).toBe("NOT_FOUND");
    expect(await desk.stateOf(id, buyer(tree.reseller))).toBe("PLACED");
  });

  it("name who sold, to those who see that organisation", async () => {
    const id = await ordered(desk.billing, buyer(tree.customer));
    const sellerFor = async (org: string) => {
      const document = "query ($id: ID!) { order(id: $id) { seller { id } } }";
      return (await ask<{ order: { seller: object | null } }>(desk.billing, document, { id }, buyer(org))).order.seller;
    };
    expect(await sellerFor(tree.operator)).toEqual({ id: tree.reseller });
    expect(await sellerFor(tree.reseller)).toEqual({ id: tree.reseller });
    expect(await sellerFor(tree.customer)).toBeNull();
  });

  it("are listed below oneself, page by page, in as many statements for one as for twenty", async () => {
    for (let i = 0; i < 6; i += 1) await ordered(desk.billing, buyer(tree.customer));
    const list =
      "query ($n: Int) { orders(first: $n) { nodes { id number seller { id } quote { number } hold { state } vm { id } } totalCount } }";
    const count = async (n: number) =>
      (await countStatements(() => ask(desk.billing, list, { n }, buyer(tree.reseller)))).length;
    expect(await count(20)).toBe(await count(1));
    const { orders } = await ask<{ orders: { nodes: object[]; totalCount: number } }>(
      desk.billing,
      list,
      { n: 5 },
      buyer(tree.reseller),
    );
    expect(orders.nodes).toHaveLength(5);
    expect(orders.totalCount).toBeGreaterThan(5);
    const items = "{ orders(filter: { kind: ITEMS }) { nodes { id } } }";
    expect(await ask(desk.billing, items, {}, buyer(tree.reseller))).toEqual({ orders: { nodes: [] } });
  });

  it("are refused while the organisation is suspended", async () => {
    const quoteId = await issued(desk.billing, buyer(tree.otherReseller));
    const change = tree.setStatus(tree.otherReseller, "SUSPENDED");
    await desk.billing.subgraph.followTree();
    expect(change.status).toBe("SUSPENDED");
    expect(await orderFrom(desk.billing, buyer(tree.otherReseller), quoteId)).toMatchObject({ code: "FORBIDDEN" });
  });

  it("take as many statements whether the wallet pays for one machine or for many", async () => {
    const count = async (org: string) => {
      const quoteId = await issued(desk.billing, buyer(org));
      return (await countStatements(() => orderFrom(desk.billing, buyer(org), quoteId))).length;
    };
    await desk.pay(tree.otherCustomer, 10_000_000n);
    await ordered(desk.billing, buyer(tree.otherCustomer)).then((id) =>
      desk.receive(provisioningChanged(tree.otherCustomer, id, "RUNNING", randomUUID())),
    );
    const few = await count(tree.otherCustomer);
    for (let i = 0; i < 5; i += 1) {
      const id = await ordered(desk.billing, buyer(tree.otherCustomer));
      await desk.receive(provisioningChanged(tree.otherCustomer, id, "RUNNING", randomUUID()));
    }
    expect(await count(tree.otherCustomer)).toBe(few);
    // From asking to answer, with the outbox and the audit trail; a bound, so that growth is noticed.
    expect(few).toBeLessThanOrEqual(24);
  });
});
