import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { requestCaller, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ask, BUYER, orderFrom } from "../testing/orders.js";
import { Shop, shopper } from "../testing/shop.js";

const tree = testTree();
let shop: Shop;

beforeAll(async () => {
  shop = await Shop.start(inject("postgresUrl"), tree);
});
afterAll(() => shop.stop());

const buying = (org: string) =>
  requestCaller({ org, permissions: [...BUYER, "catalogue:manage"] }, { deadline: Date.now() + 600_000 });
const as = buying(tree.customer);

const PROBLEM = "... on Problem { __typename code message } ... on InvalidInputProblem { fields { path reason } }";
const QUOTE = `id state items { quantity unitPrice { minorUnits } amount { minorUnits } item { name } } price { total { minorUnits } }
  vm { name } order { id total { minorUnits } items { quantity } } funds { allowed needed { minorUnits } shortfall { minorUnits } }`;

type Answer = Record<string, unknown> & { id: string };

const quoted = async (input: object, who = as): Promise<Answer> => {
  const document = `mutation ($input: CreateQuoteInput!) { createQuote(input: $input) { ... on Quote { ${QUOTE} } ${PROBLEM} } }`;
  const given = { interval: "MONTHLY", idempotencyKey: randomUUID(), ...input };
  return (await ask<{ createQuote: Answer }>(shop.desk.billing, document, { input: given }, who)).createQuote;
};
const issue = async (quoteId: string): Promise<Answer> => {
  const document = `mutation ($input: IssueQuoteInput!) { issueQuote(input: $input) { ... on Quote { ${QUOTE} } ${PROBLEM} } }`;
  const input = { quoteId, idempotencyKey: randomUUID() };
  return (await ask<{ issueQuote: Answer }>(shop.desk.billing, document, { input }, as)).issueQuote;
};
const read = async (id: string): Promise<Answer> =>
  (await ask<{ quote: Answer }>(shop.desk.billing, `query ($id: ID!) { quote(id: $id) { ${QUOTE} } }`, { id }, as))
    .quote;
const order = (input: Record<string, unknown>) => shop.change("orderItems", input, as);

describe("a quote for items of the catalogue", () => {
  it("keeps their price whatever they cost by then, and is ordered at it once", async () => {
    const [book, lamp] = [
      await shop.product(tree.reseller, 10_000n),
      await shop.product(tree.operator, 2_500n, "Lamp"),
    ];
    const items = [
      { itemId: book, quantity: 2 },
      { itemId: lamp, quantity: 1 },
    ];
    const { id, ...draft } = await quoted({ items });
    expect(draft).toMatchObject({
      state: "DRAFT",
      vm: null,
      items: [
        { quantity: 2, unitPrice: { minorUnits: "10000" }, amount: { minorUnits: "20000" }, item: { name: "Book" } },
        { quantity: 1, unitPrice: { minorUnits: "2500" }, item: { name: "Lamp" } },
      ],
      price: { total: { minorUnits: "22500" } },
    });
    const dearer = { itemId: book, price: { minorUnits: "12000", currency: "ZAR" } };
    await shop.change("updateCatalogueItem", dearer, shopper(tree.reseller));
    expect(await issue(id)).toMatchObject({ state: "ISSUED", price: { total: { minorUnits: "26500" } } });
    const evenDearer = { itemId: book, price: { minorUnits: "99000", currency: "ZAR" } };
    await shop.change("updateCatalogueItem", evenDearer, shopper(tree.reseller));
    expect(await read(id)).toMatchObject({ funds: { allowed: false, needed: { minorUnits: "26500" } } });
    expect(await order({ quoteId: id })).toMatchObject({
      code: "INSUFFICIENT_FUNDS",
      shortfall: { minorUnits: "26500" },
    });
    await shop.desk.pay(tree.customer, 26_500n);
    const all = await Promise.all(Array.from({ length: 4 }, () => order({ quoteId: id })));
    expect(all.filter(({ __typename }) => __typename === "Order")).toHaveLength(1);
    expect(all.filter(({ code }) => code === "CONFLICT")).toHaveLength(3);
    expect(await read(id)).toMatchObject({ state: "ACCEPTED", order: { total: { minorUnits: "26500" } } });
    expect(await shop.desk.books(tree.customer)).toMatchObject({ available: 0n });
  });

  it("cannot be ordered as a machine, after its time, or when something in it is not on sale any more", async () => {
    const pen = await shop.product(tree.reseller, 500n, "Pen");
    const make = async () => (await issue((await quoted({ items: [{ itemId: pen, quantity: 1 }] })).id)).id;
    const [first, second] = [await make(), await make()];
    expect(await orderFrom(shop.desk.billing, as, first)).toMatchObject({ code: "CONFLICT" });
    await shop.change("retireCatalogueItem", { itemId: pen }, shopper(tree.reseller));
    await shop.desk.pay(tree.customer, 1_000n);
    expect(await order({ quoteId: first })).toMatchObject({ code: "CONFLICT" });
    shop.clock.forward(14 * 24 * 60);
    expect(await order({ quoteId: second })).toMatchObject({ __typename: "QuoteExpiredProblem", code: "CONFLICT" });
    expect(await shop.desk.books(tree.customer)).toMatchObject({ available: 1_000n });
  });

  it("is refused for what nobody sells here, for services, and for a machine at once with items", async () => {
    const [foreign, care] = [await shop.product(tree.otherReseller, 100n), await shop.offer(tree.reseller)];
    const of = (itemId: string) => quoted({ items: [{ itemId, quantity: 1 }] });
    expect(await of(foreign)).toMatchObject({ code: "NOT_FOUND" });
    expect(await of(care)).toMatchObject({ fields: [{ path: ["items", "0", "itemId"], reason: "IS_SERVICE" }] });
    expect(await quoted({ items: [] })).toMatchObject({ code: "INVALID_INPUT" });
    const vm = { name: "web", image: "Debian 13", vcpus: 1, memoryGb: 1, disks: [{ sizeGb: 10, storage: "SSD" }] };
    expect(await quoted({ vm, items: [{ itemId: care, quantity: 1 }] })).toMatchObject({
      fields: [{ path: ["items"], reason: "EXACTLY_ONE" }],
    });
    expect(await order({})).toMatchObject({ fields: [{ path: ["items"], reason: "EXACTLY_ONE" }] });
  });

  it("is listed with its items in as many statements for one as for many", async () => {
    const cup = await shop.product(tree.reseller, 700n, "Cup");
    for (let i = 0; i < 3; i += 1) await quoted({ items: [{ itemId: cup, quantity: i + 1 }] });
    const list =
      "query ($n: Int) { quotes(first: $n) { nodes { id items { quantity item { name } } funds { allowed } } } }";
    const count = async (n: number) => (await countStatements(() => ask(shop.desk.billing, list, { n }, as))).length;
    expect(await count(20)).toBe(await count(1));
  });
});
