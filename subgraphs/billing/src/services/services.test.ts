import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { endAll, setWallet } from "../testing/services.js";
import { Shop, shopper } from "../testing/shop.js";
import { renewDue } from "./renewals.js";

const tree = testTree();
const as = shopper(tree.customer);
const DAY = 1_440;
let shop: Shop;
let care: string;
let watch: string;

beforeAll(async () => {
  shop = await Shop.start(inject("postgresUrl"), tree);
  care = await shop.offer(tree.reseller);
  watch = await shop.offer(tree.operator, { name: "Watch", price: { minorUnits: 30_000n, currency: "ZAR" } });
});
afterAll(() => shop.stop());

const purse = async (cents: bigint): Promise<void> => {
  await endAll(shop);
  await setWallet(shop, tree.customer, cents);
};

const subscribe = (input: Record<string, unknown> = {}) =>
  shop.change("subscribeToService", { itemId: care, ...input }, as);
const change = (serviceSubscriptionId: string, input: Record<string, unknown>) =>
  shop.change("changeServiceSubscription", { serviceSubscriptionId, ...input }, as);
const available = async () => (await shop.desk.books(tree.customer)).available;
const renew = async () => expect(await renewDue(shop.subgraph.database, shop.clock.now())).toEqual(new Map());
const stateOf = async (id: string) => {
  const document =
    "{ serviceSubscriptions(first: 100) { nodes { id state cancelAtPeriodEnd endedAt currentPeriodEnd } } }";
  const { serviceSubscriptions } = await shop.ask<{
    serviceSubscriptions: { nodes: { id: string; state: string; endedAt: string | null }[] };
  }>(document, {}, as);
  return serviceSubscriptions.nodes.find((node) => node.id === id);
};

describe("subscribing to a service", () => {
  beforeEach(() => purse(100_000n));

  it("takes the first period at once, and once per key", async () => {
    const input = { quantity: 3, idempotencyKey: randomUUID() };
    const first = await subscribe(input);
    expect(first).toMatchObject({ state: "ACTIVE", quantity: 3, price: { minorUnits: "30000" }, item: { id: care } });
    expect(await subscribe(input)).toEqual(first);
    expect(await available()).toBe(70_000n);
    expect(Date.parse(String(first["currentPeriodEnd"])) - shop.clock.now().getTime()).toBe(720 * 3_600_000);
  });

  it("moves nothing where the money is too little, and says how much is missing", async () => {
    expect(await subscribe({ quantity: 11 })).toMatchObject({
      __typename: "InsufficientFundsProblem",
      available: { minorUnits: "100000" },
      needed: { minorUnits: "110000" },
      shortfall: { minorUnits: "10000" },
    });
    expect(await available()).toBe(100_000n);
  });

  it("is for services on sale above oneself alone", async () => {
    const product = await shop.product(tree.reseller, 500n);
    const retired = await shop.offer(tree.reseller, { name: "Old" });
    await shop.change("retireCatalogueItem", { itemId: retired }, shopper(tree.reseller));
    const own = await shop.offer(tree.customer, { name: "Own" });
    const foreign = await shop.offer(tree.otherReseller, { name: "Foreign" });
    expect(await subscribe({ itemId: product })).toMatchObject({
      fields: [{ path: ["itemId"], reason: "IS_PRODUCT" }],
    });
    expect(await subscribe({ itemId: retired })).toMatchObject({ fields: [{ path: ["itemId"], reason: "RETIRED" }] });
    expect(await subscribe({ quantity: 0 })).toMatchObject({
      fields: [{ path: ["quantity"], reason: "OUT_OF_RANGE" }],
    });
    for (const itemId of [own, foreign, randomUUID()]) {
      expect(await subscribe({ itemId })).toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await subscribe({ organisationId: tree.sibling })).toMatchObject({ code: "NOT_FOUND" });
  });

  it("adds the tax of the country, and leads each charge back to the subscription", async () => {
    const other = tree.otherCustomer;
    await shop.desk.pay(other, 100_000n);
    await system(shop.subgraph, async (tx) => {
      await tx.sql`insert into tax_rate (organisation_id, country, name, basis_points, effective_from)
        values (${tree.operator}, 'ZA', 'VAT', 1500, '2026-01-01T00:00:00Z')`;
    });
    const { id } = await shop.change("subscribeToService", { itemId: watch }, shopper(other));
    await system(shop.subgraph, async (tx) => {
      const rows = await tx.sql<{ account: string; amount: bigint; reason_id: string }[]>`
        select p.account, p.amount, e.reason_id from posting p join entry e on e.id = p.entry_id
         where e.reason_kind = 'SERVICE_SUBSCRIPTION' and e.organisation_id = ${other} order by p.position`;
      expect(rows.map(({ account, amount }) => [account, amount])).toEqual([
        ["WALLET", -34_500n],
        ["REVENUE", 30_000n],
        ["TAX", 4_500n],
      ]);
      expect(rows[0]?.reason_id).toBe(id);
      await tx.sql`delete from tax_rate`;
    });
  });
});

describe("changing a service subscription", () => {
  beforeEach(() => purse(100_000n));

  it("takes the difference for what is left of the period, gives it back the other way, and says so beforehand", async () => {
    const { id } = await subscribe();
    shop.clock.forward(15 * DAY);
    const document = `query ($input: ServiceSubscriptionChangeInput!) { serviceSubscriptionChange(input: $input) {
      lines { kind amount { minorUnits } } total { minorUnits } } }`;
    const input = { serviceSubscriptionId: id, itemId: watch };
    const { serviceSubscriptionChange } = await shop.ask<Record<string, object>>(document, { input }, as);
    expect(serviceSubscriptionChange).toEqual({
      lines: [
        { kind: "PRORATION", amount: { minorUnits: "-5000" } },
        { kind: "PRORATION", amount: { minorUnits: "15000" } },
      ],
      total: { minorUnits: "10000" },
    });
    expect(await available()).toBe(90_000n);
    expect(await change(id, { itemId: watch })).toMatchObject({ item: { id: watch }, price: { minorUnits: "30000" } });
    expect(await available()).toBe(80_000n);
    expect(await change(id, { itemId: care })).toMatchObject({ item: { id: care } });
    expect(await available()).toBe(90_000n);
  });

  it("keeps the price of the running period when only the quantity changes, whatever the item costs by now", async () => {
    const itemId = await shop.offer(tree.reseller, { name: "Moving" });
    const { id } = await subscribe({ itemId });
    const price = { minorUnits: "90000", currency: "ZAR" };
    await shop.change("updateCatalogueItem", { itemId, price }, shopper(tree.reseller));
    expect(await change(id, { quantity: 2 })).toMatchObject({ price: { minorUnits: "20000" } });
    expect(await available()).toBe(80_000n);
  });

  it("is made one by one where many are asked for at once, and what was taken is the price of the last", async () => {
    const id = String((await subscribe({ quantity: 1 }))["id"]);
    const quantities = [2, 3, 4, 5, 2, 3, 4, 5];
    const answers = await Promise.all(quantities.map((quantity) => change(id, { quantity })));
    expect(new Set(answers.map((answer) => answer["__typename"]))).not.toContain("InsufficientFundsProblem");
    const [row] = await system(
      shop.subgraph,
      (tx) => tx.sql<{ quantity: number }[]>`select quantity from service_subscription where id = ${id}`,
    );
    expect(await available()).toBe(100_000n - 10_000n * BigInt(row?.quantity ?? 0));
  });

  it("begins a period where the interval is another one, and gives back the rest of the old one", async () => {
    const hourly = await shop.offer(tree.reseller, {
      name: "By the hour",
      interval: "HOURLY",
      price: { minorUnits: 100n, currency: "ZAR" },
    });
    const { id } = await subscribe();
    shop.clock.forward(6 * DAY);
    const changed = await change(id, { itemId: hourly });
    expect(changed).toMatchObject({ currentPeriodStart: shop.clock.now().toISOString() });
    expect(await available()).toBe(100_000n - 2_000n - 100n);
  });

  it("is refused in words where there is nothing to change, or nothing to pay it with", async () => {
    const { id } = await subscribe();
    expect(await change(id, {})).toMatchObject({ code: "CONFLICT" });
    expect(await change(id, { quantity: 1_001 })).toMatchObject({ fields: [{ path: ["quantity"] }] });
    expect(await change(id, { quantity: 1_000 })).toMatchObject({ __typename: "InsufficientFundsProblem" });
    expect(await available()).toBe(90_000n);
    const input = { serviceSubscriptionId: id, quantity: 2 };
    for (const other of [tree.sibling, tree.otherCustomer]) {
      expect(await shop.change("changeServiceSubscription", input, shopper(other))).toMatchObject({
        code: "NOT_FOUND",
      });
    }
    await shop.change("cancelServiceSubscription", { serviceSubscriptionId: id }, as);
    expect(await change(id, { quantity: 2 })).toMatchObject({ code: "CONFLICT" });
  });
});

describe("the end of a service subscription", () => {
  beforeEach(() => purse(100_000n));
  const cancel = (serviceSubscriptionId: string) =>
    shop.change("cancelServiceSubscription", { serviceSubscriptionId }, as);
  const resume = (serviceSubscriptionId: string) =>
    shop.change("resumeServiceSubscription", { serviceSubscriptionId }, as);

  it("is that of its paid period, and until then it can be resumed", async () => {
    const { id } = await subscribe();
    expect(await resume(id)).toMatchObject({ code: "CONFLICT" });
    expect(await cancel(id)).toMatchObject({ state: "ACTIVE", cancelAtPeriodEnd: true });
    expect(await cancel(id)).toMatchObject({ code: "CONFLICT" });
    expect(await resume(id)).toMatchObject({ state: "ACTIVE", cancelAtPeriodEnd: false });
    const { currentPeriodEnd } = await cancel(id);
    shop.clock.forward(31 * DAY);
    await renew();
    expect(await stateOf(id)).toMatchObject({ state: "CANCELLED", endedAt: currentPeriodEnd });
    expect(await available()).toBe(90_000n);
    expect(await resume(id)).toMatchObject({ code: "CONFLICT" });
  });

  it("comes first, also where nobody has got to it yet", async () => {
    const { id } = await subscribe();
    await cancel(id);
    shop.clock.forward(31 * DAY);
    expect(await resume(id)).toMatchObject({ code: "CONFLICT" });
  });
});
