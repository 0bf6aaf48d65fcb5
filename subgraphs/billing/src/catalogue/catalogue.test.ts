import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Shop, shopper } from "../testing/shop.js";

const tree = testTree();
let shop: Shop;

beforeAll(async () => {
  shop = await Shop.start(inject("postgresUrl"), tree);
});
afterAll(() => shop.stop());

const LIST = `query ($first: Int, $after: String, $filter: CatalogueFilter) { catalogue(first: $first, after: $after, filter: $filter) {
  nodes { id name statistics { subscribers orders revenue { minorUnits } } } totalCount pageInfo { hasNextPage endCursor } } }`;

interface Listed {
  catalogue: {
    nodes: { id: string; name: string; statistics: object | null }[];
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}

const list = (as: ReturnType<typeof shopper>, variables: Record<string, unknown> = {}) =>
  shop.ask<Listed>(LIST, { first: 100, ...variables }, as).then(({ catalogue }) => catalogue);

const names = async (...parameters: Parameters<typeof list>) =>
  (await list(...parameters)).nodes.map(({ name }) => name);

const WISH = { kind: "SERVICE", name: "Care", interval: "MONTHLY", price: { minorUnits: "10000", currency: "ZAR" } };

describe("a catalogue", () => {
  it("has what those above sell and what one sells oneself, and nothing of anybody beside or below", async () => {
    await shop.offer(tree.operator, { name: "Of the operator" });
    await shop.offer(tree.reseller, { name: "Of the reseller" });
    await shop.offer(tree.customer, { name: "Of the customer" });
    await shop.offer(tree.otherReseller, { name: "Of another reseller" });
    expect(await names(shopper(tree.customer))).toEqual(["Of the customer", "Of the operator", "Of the reseller"]);
    expect(await names(shopper(tree.sibling))).toEqual(["Of the operator", "Of the reseller"]);
    expect(await names(shopper(tree.reseller))).toEqual(["Of the operator", "Of the reseller"]);
    const filter = { organisationId: tree.customer };
    expect(await names(shopper(tree.reseller), { filter })).toHaveLength(3);
    const { catalogue } = (await shop.desk.billing.execute(LIST, { filter }, shopper(tree.sibling)))
      .data as unknown as Listed;
    expect(catalogue).toBeNull();
  });

  it("is found by category, by a part of the text whatever its case, by kind, state and seller, page by page", async () => {
    const seller = tree.otherReseller;
    const as = shopper(tree.otherCustomer);
    await shop.offer(seller, { name: "Backups, daily", category: "Safety" });
    await shop.offer(seller, { name: "Night watch", category: "Care", description: "Somebody is awake, 100_%." });
    await shop.product(seller, 5_000n, "Rack key");
    const own = { filter: { sellerId: seller } };
    expect(await names(as, own)).toEqual(["Backups, daily", "Night watch", "Of another reseller", "Rack key"]);
    const find = (filter: object) => names(as, { filter: { sellerId: seller, ...filter } });
    expect(await find({ category: "Safety" })).toEqual(["Backups, daily"]);
    expect(await find({ search: "AWAKE" })).toEqual(["Night watch"]);
    expect(await find({ search: "0_%" })).toEqual(["Night watch"]);
    expect(await find({ search: "_" })).toEqual(["Night watch"]);
    expect(await find({ kind: "PRODUCT" })).toEqual(["Rack key"]);
    const first = await list(as, { first: 3, ...own });
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const rest = await list(as, { first: 3, after: first.pageInfo.endCursor, ...own });
    expect(rest.nodes.map(({ name }) => name)).toEqual(["Rack key"]);
    const { catalogueCategories } = await shop.ask<{ catalogueCategories: object[] }>(
      "{ catalogueCategories { name items } }",
      {},
      as,
    );
    expect(catalogueCategories).toEqual([
      { name: "Care", items: 1 },
      { name: "Safety", items: 1 },
      { name: null, items: 3 },
    ]);
  });

  it("tells nobody what those above him earn, and takes as many statements for many items as for one", async () => {
    const seen = await list(shopper(tree.customer));
    expect(seen.nodes.map(({ name, statistics }) => [name, statistics !== null])).toEqual([
      ["Of the customer", true],
      ["Of the operator", false],
      ["Of the reseller", false],
    ]);
    const count = async (first: number) =>
      (await countStatements(() => list(shopper(tree.customer), { first }))).length;
    expect(await count(100)).toBe(await count(1));
  });
});

describe("selling", () => {
  const as = shopper(tree.reseller);

  it("does what was asked once per key, and says all that is wrong by field", async () => {
    const input = { ...WISH, idempotencyKey: randomUUID() };
    const first = await shop.change("createCatalogueItem", input, as);
    expect(first).toMatchObject({ __typename: "CatalogueItem", version: 1, state: "ACTIVE", interval: "MONTHLY" });
    expect(await shop.change("createCatalogueItem", input, as)).toEqual(first);
    expect(await shop.change("createCatalogueItem", { ...input, name: "Other" }, as)).toMatchObject({
      code: "CONFLICT",
    });
    const wrong = { ...WISH, name: " \u200b", interval: null, price: { minorUnits: "-1", currency: "ZAR" } };
    expect(await shop.change("createCatalogueItem", wrong, as)).toMatchObject({
      fields: [
        { path: ["name"], reason: "LENGTH" },
        { path: ["price", "minorUnits"], reason: "OUT_OF_RANGE" },
        { path: ["interval"], reason: "REQUIRED" },
      ],
    });
    expect(await shop.change("createCatalogueItem", { ...WISH, kind: "PRODUCT" }, as)).toMatchObject({
      fields: [{ path: ["interval"], reason: "NOT_ALLOWED" }],
    });
  });

  it("makes a version of each new price, and of nothing else", async () => {
    const { id: itemId } = await shop.change("createCatalogueItem", WISH, as);
    const renamed = await shop.change("updateCatalogueItem", { itemId, name: "Better care", category: "Care" }, as);
    expect(renamed).toMatchObject({ name: "Better care", category: "Care", version: 1 });
    const price = { minorUnits: "12000", currency: "ZAR" };
    expect(await shop.change("updateCatalogueItem", { itemId, price, category: null }, as)).toMatchObject({
      name: "Better care",
      category: null,
      version: 2,
      price,
    });
    const dollars = { itemId, price: { minorUnits: "12000", currency: "USD" } };
    expect(await shop.change("updateCatalogueItem", dollars, as)).toMatchObject({
      fields: [{ path: ["price", "currency"], reason: "OTHER_CURRENCY" }],
    });
  });

  it("ends with retiring, once", async () => {
    const { id: itemId } = await shop.change("createCatalogueItem", WISH, as);
    expect(await shop.change("retireCatalogueItem", { itemId }, as)).toMatchObject({ state: "RETIRED" });
    expect(await shop.change("retireCatalogueItem", { itemId }, as)).toMatchObject({ code: "CONFLICT" });
    expect(await shop.change("updateCatalogueItem", { itemId, name: "Again" }, as)).toMatchObject({ code: "CONFLICT" });
  });

  it("is for the estate: what others sell is not there to be changed, seen from below or not", async () => {
    const itemId = await shop.offer(tree.reseller, { name: "Mine" });
    for (const other of [tree.customer, tree.otherReseller]) {
      const them = shopper(other);
      expect(await shop.change("updateCatalogueItem", { itemId, name: "Theirs" }, them)).toMatchObject({
        code: "NOT_FOUND",
      });
      expect(await shop.change("retireCatalogueItem", { itemId }, them)).toMatchObject({ code: "NOT_FOUND" });
    }
    const above = { ...WISH, organisationId: tree.reseller };
    expect(await shop.change("createCatalogueItem", above, shopper(tree.customer))).toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
