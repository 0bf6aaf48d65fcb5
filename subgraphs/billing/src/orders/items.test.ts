import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { putTaxRate } from "../tax/setting.js";
import { system } from "../testing/arrange.js";
import { setWallet } from "../testing/services.js";
import { Shop, shopper } from "../testing/shop.js";

const tree = testTree();
const as = shopper(tree.customer);
let shop: Shop;
let key: string;
let book: string;

beforeAll(async () => {
  shop = await Shop.start(inject("postgresUrl"), tree);
  [key, book] = [await shop.product(tree.reseller, 3_333n, "Key"), await shop.product(tree.operator, 1_001n)];
  const since = new Date("2026-01-01T00:00:00Z");
  const rate = { country: "ZA", name: "VAT", basisPoints: 1_500, effectiveFrom: since };
  await system(shop.subgraph, async (tx) => {
    await putTaxRate(tx, tree.operator, rate);
    await tx.sql`insert into promotion (organisation_id, name, basis_points, starts_at, created_at)
      values (${tree.reseller}, 'Spring', 1000, ${since.toISOString()}, ${since.toISOString()})`;
  });
  await setWallet(shop, tree.customer, 100_000n);
});
afterAll(() => shop.stop());

const order = (input: Record<string, unknown>, who = as) => shop.change("orderItems", input, who);
const available = async () => (await shop.desk.books(tree.customer)).available;

const PRICE = `query ($input: PriceItemsInput!) { priceItems(input: $input) { lines { kind description amount { minorUnits } }
  subtotal { minorUnits } tax { minorUnits } total { minorUnits } } }`;

describe("an order of items", () => {
  it("is priced step by step for many items at once, in as many statements as for one", async () => {
    const items = [
      { itemId: key, quantity: 3 },
      { itemId: book, quantity: 1 },
    ];
    const { priceItems } = await shop.ask<Record<string, object>>(PRICE, { input: { items } }, as);
    const line = (kind: string, description: string, minorUnits: string) => ({
      kind,
      description,
      amount: { minorUnits },
    });
    expect(priceItems).toEqual({
      lines: [
        line("BASE", "Key", "9999"),
        line("BASE", "Book", "1001"),
        line("PROMOTION", "Spring, 10 %", "-1100"),
        line("TAX", "VAT, 15 %", "1485"),
      ],
      subtotal: { minorUnits: "9900" },
      tax: { minorUnits: "1485" },
      total: { minorUnits: "11385" },
    });
    const more = [...items];
    for (let n = 0; n < 20; n += 1) more.push({ itemId: await shop.product(tree.reseller, 100n), quantity: 1 });
    const count = async (some: object[]) =>
      (await countStatements(() => shop.ask(PRICE, { input: { items: some } }, as))).length;
    expect(await count(more)).toBe(await count(items));
  });

  it("is paid at once from the wallet and complete, once per key, with an invoice", async () => {
    const input = {
      items: [
        { itemId: key, quantity: 3 },
        { itemId: book, quantity: 1 },
      ],
      idempotencyKey: randomUUID(),
    };
    const before = await available();
    const first = await order(input);
    expect(first).toMatchObject({
      kind: "ITEMS",
      state: "COMPLETED",
      total: { minorUnits: "11385" },
      items: [
        { quantity: 3, unitPrice: { minorUnits: "3333" }, amount: { minorUnits: "9999" }, item: { name: "Key" } },
        { quantity: 1, unitPrice: { minorUnits: "1001" }, amount: { minorUnits: "1001" }, item: { name: "Book" } },
      ],
    });
    expect(await order(input)).toEqual(first);
    expect(before - (await available())).toBe(11_385n);
    await system(shop.subgraph, async (tx) => {
      const rows = await tx.sql<{ state: string; total: bigint }[]>`
        select state, total from invoice where order_id = ${first.id}`;
      expect(rows).toEqual([{ state: "PAID", total: 11_385n }]);
      const [sums] = await tx.sql<{ net: bigint }[]>`
        select sum(net)::bigint as net from order_line where order_id = ${first.id}`;
      expect(sums?.net).toBe(9_900n);
    });
  });

  it("stands among the orders, told apart by its kind, and shows its seller what it brought", async () => {
    const { orders } = await shop.ask<{ orders: { nodes: object[]; totalCount: number } }>(
      "{ orders(filter: { kind: ITEMS }) { totalCount nodes { kind quote { id } hold { id } vm { id } items { quantity } } } }",
      {},
      shopper(tree.reseller),
    );
    expect(orders).toEqual({
      totalCount: 1,
      nodes: [{ kind: "ITEMS", quote: null, hold: null, vm: null, items: [{ quantity: 3 }, { quantity: 1 }] }],
    });
    const { catalogueItem } = await shop.ask<Record<string, object>>(
      "query ($id: ID!) { catalogueItem(id: $id) { statistics { orders quantity revenue { minorUnits } } } }",
      { id: key },
      shopper(tree.reseller),
    );
    expect(catalogueItem).toEqual({ statistics: { orders: 1, quantity: 3, revenue: { minorUnits: "8999" } } });
  });

  it("moves nothing where the money is too little, or what is asked for is not there to be bought", async () => {
    const before = await available();
    expect(await order({ items: [{ itemId: key, quantity: 1_000 }] })).toMatchObject({
      __typename: "InsufficientFundsProblem",
    });
    const service = await shop.offer(tree.reseller);
    expect(await order({ items: [{ itemId: service, quantity: 1 }] })).toMatchObject({
      fields: [{ path: ["items", "0", "itemId"], reason: "IS_SERVICE" }],
    });
    const twice = [book, book].map((itemId) => ({ itemId, quantity: 1 }));
    expect(await order({ items: twice })).toMatchObject({ fields: [{ reason: "DUPLICATE" }] });
    expect(await order({ items: [] })).toMatchObject({ fields: [{ path: ["items"] }] });
    const dear = await shop.offer(tree.reseller, {
      kind: "PRODUCT",
      interval: null,
      price: { minorUnits: 5n, currency: "USD" },
    });
    const mixed = [book, dear].map((itemId) => ({ itemId, quantity: 1 }));
    expect(await order({ items: mixed })).toMatchObject({ fields: [{ reason: "OTHER_CURRENCY" }] });
    const foreign = await shop.product(tree.otherReseller, 5n);
    for (const itemId of [foreign, randomUUID(), "no id"]) {
      expect(await order({ items: [{ itemId, quantity: 1 }] })).toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await order({ organisationId: tree.sibling, items: [{ itemId: book, quantity: 1 }] })).toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await available()).toBe(before);
  });

  it("by many at once takes no more than there is", async () => {
    await setWallet(shop, tree.customer, 5_000n);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => order({ items: [{ itemId: book, quantity: 1 }] })),
    );
    const done = answers.filter(({ __typename }) => __typename === "Order");
    expect(done).toHaveLength(4);
    expect(await available()).toBe(5_000n - 4n * 1_036n);
  });
});
