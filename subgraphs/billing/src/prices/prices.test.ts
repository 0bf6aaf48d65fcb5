import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { listOf, system } from "../testing/arrange.js";
import { type NewPriceList, pricesInForce, pricesThrough, publishPriceList } from "./prices.js";

const NOW = new Date("2026-06-01T12:00:00Z");
const tree = testTree();
let billing: TestSubgraph;

const operatorList = demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"));
const resellerList = listOf(tree.reseller, {
  name: "Reseller",
  markupBasisPoints: 1_000,
  rates: [{ resource: "MEMORY", minorUnits: 5n, perHours: 1 }],
});
const customerList = listOf(tree.customer, {
  name: "Customer",
  markupBasisPoints: 2_000,
  tierAdjustmentBasisPoints: -500,
});

const publish = (list: NewPriceList) => system(billing.subgraph, (tx) => publishPriceList(tx, list, NOW));

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => NOW }), tree.source);
  const priceLists = [operatorList, resellerList, customerList];
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
});

afterAll(() => billing.stop());

const caller = (org: string, permissions = ["price:read"], rest = {}) => requestCaller({ org, permissions }, rest);

interface Shown {
  id: string;
  name: string;
  state: string;
  version: number;
  organisation: { id: string };
  rates: { resource: string; amount: { minorUnits: string }; perHours: number; inherited: boolean }[];
}

const FIELDS = `id name currency version state effectiveFrom effectiveTo markupBasisPoints tierAdjustmentBasisPoints organisation { id }
  rates { resource code amount { minorUnits currency } perHours inherited } volumeTiers { from { minorUnits } discountBasisPoints }`;

const priceList = async (id: string, as = caller(tree.customer)) => {
  const { data, errors } = await billing.execute(`query ($id: ID!) { priceList(id: $id) { ${FIELDS} } }`, { id }, as);
  return { list: data?.["priceList"] as Shown | null, code: errors?.[0]?.extensions?.["code"] };
};

const priceLists = async (as = caller(tree.customer), variables: Record<string, unknown> = {}) => {
  const document = `query ($organisationId: ID, $state: [PriceListState!]) { priceLists(organisationId: $organisationId, state: $state) { ${FIELDS} } }`;
  const { data, errors } = await billing.execute(document, variables, as);
  return { lists: data?.["priceLists"] as Shown[] | null, code: errors?.[0]?.extensions?.["code"] };
};

const ofOrganisations = async (ids: string[], as: ReturnType<typeof caller>) => {
  const { data, errors } = await billing.execute(
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Organisation { priceList { ${FIELDS} } } } }`,
    { r: ids.map((id) => ({ __typename: "Organisation", id })) },
    as,
  );
  expect(errors).toBeUndefined();
  return (data?.["_entities"] ?? []) as ({ priceList: Shown | null } | null)[];
};

describe("a price list", () => {
  it("shows its own rates and those inherited with markup, over several levels", async () => {
    const { list } = await priceList(customerList.id);
    expect(list).toMatchObject({
      name: "Customer",
      version: 1,
      state: "PUBLISHED",
      organisation: { id: tree.customer },
    });
    const rates = list?.rates.map((rate) => [rate.resource, rate.amount.minorUnits, rate.perHours, rate.inherited]);
    expect(rates).toContainEqual(["MEMORY", "6", 1, true]);
    expect(rates).toContainEqual(["VCPU", "7920", 720, true]);
    expect(list).toMatchObject({
      tierAdjustmentBasisPoints: -500,
      volumeTiers: [
        { from: { minorUnits: "1000000" }, discountBasisPoints: 500 },
        { from: { minorUnits: "5000000" }, discountBasisPoints: 1_000 },
        { from: { minorUnits: "10000000" }, discountBasisPoints: 1_500 },
      ],
    });
  });

  it("is read by those below, and by nobody beside: a sibling's or a stranger's is NOT_FOUND", async () => {
    expect((await priceList(resellerList.id)).list?.name).toBe("Reseller");
    expect((await priceList(operatorList.id)).list?.name).toBe("Standard");
    for (const org of [tree.sibling, tree.otherCustomer, tree.otherReseller]) {
      expect(await priceList(customerList.id, caller(org))).toEqual({ list: null, code: "NOT_FOUND" });
    }
    expect((await priceList(resellerList.id, caller(tree.otherCustomer))).code).toBe("NOT_FOUND");
    for (const id of [randomUUID(), "not an id"]) expect((await priceList(id)).code).toBe("NOT_FOUND");
    expect((await priceList(customerList.id, caller(tree.customer, []))).code).toBe("FORBIDDEN");
  });
});

describe("price lists of the estate", () => {
  const names = async (as: ReturnType<typeof caller>, variables = {}) =>
    (await priceLists(as, variables)).lists?.map(({ name }) => name).sort();

  it("are one's own and those below, never those above", async () => {
    expect(await names(caller(tree.customer))).toEqual(["Customer"]);
    expect(await names(caller(tree.reseller))).toEqual(["Customer", "Reseller"]);
    expect(await names(caller(tree.operator))).toEqual(["Customer", "Reseller", "Standard"]);
    expect(await names(caller(tree.sibling))).toEqual([]);
    expect(await names(caller(tree.operator), { organisationId: tree.customer })).toEqual(["Customer"]);
    expect(await names(caller(tree.reseller, ["price:read"], { narrowedOrganisationId: tree.sibling }))).toEqual([]);
    for (const organisationId of [tree.sibling, tree.reseller, "not an id"]) {
      expect((await priceLists(caller(tree.customer), { organisationId })).code).toBe("NOT_FOUND");
    }
  });

  it("follow one another: the present one ends when the next begins", async () => {
    const next = listOf(tree.otherReseller, { name: "second", effectiveFrom: new Date("2026-03-01T00:00:00Z") });
    await publish(listOf(tree.otherReseller, { name: "first" }));
    await publish(next);
    await publish(next);
    await publish(listOf(tree.otherReseller, { name: "third", effectiveFrom: new Date("2026-09-01T00:00:00Z") }));
    const { lists } = await priceLists(caller(tree.otherReseller));
    expect(lists?.map(({ name, version, state }) => [name, version, state])).toEqual([
      ["third", 3, "PUBLISHED"],
      ["second", 2, "PUBLISHED"],
      ["first", 1, "SUPERSEDED"],
    ]);
    expect(await names(caller(tree.otherReseller), { state: ["SUPERSEDED"] })).toEqual(["first"]);
    const [counts] = await ofOrganisations([tree.otherReseller], caller(tree.otherReseller));
    expect(counts?.priceList?.name).toBe("second");
    const earlier = listOf(tree.otherReseller, { effectiveFrom: new Date("2026-05-01T00:00:00Z") });
    await expect(publish(earlier)).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("the list that counts for an organisation", () => {
  it("is its own, else the nearest above", async () => {
    const [customer, sibling, foreign] = await ofOrganisations(
      [tree.customer, tree.sibling, tree.otherCustomer],
      caller(tree.reseller),
    );
    expect(customer?.priceList?.name).toBe("Customer");
    expect(sibling?.priceList?.name).toBe("Reseller");
    expect(foreign).toBeNull();
  });

  it("is found with as many statements for many organisations as for one", async () => {
    const count = async (ids: string[]) => {
      const statements = await countStatements(() => ofOrganisations(ids, caller(tree.operator)));
      return statements.filter((statement) => /price_list|"rate"|volume_tier/.test(statement)).length;
    };
    const one = await count([tree.customer]);
    expect(one).toBeGreaterThan(0);
    expect(
      await count([tree.operator, tree.reseller, tree.customer, tree.sibling, tree.otherReseller, tree.otherCustomer]),
    ).toBe(one);
  });
});

describe("prices over a stretch of time", () => {
  it("are at each moment those in force, and are read once between two changes", async () => {
    const organisationId = tree.sibling;
    const day = (number: number) => new Date(`2026-09-${String(number).padStart(2, "0")}T00:00:00Z`);
    await publish(listOf(organisationId, { name: "Spring", effectiveFrom: day(5) }));
    await publish(listOf(organisationId, { name: "Summer", effectiveFrom: day(8) }));
    const days = Array.from({ length: 14 }, (_, index) => day(index + 1));
    await system(billing.subgraph, async (tx) => {
      const pricesAt = await pricesThrough(tx, organisationId, day(1), day(14));
      const names: string[] = [];
      for (const at of days) {
        const prices = await pricesAt(at);
        expect(prices).toEqual((await pricesInForce(tx, [organisationId], at)).get(organisationId));
        if (prices && !names.includes(prices.list.name)) names.push(prices.list.name);
      }
      expect(names).toEqual([resellerList.name, "Spring", "Summer"]);
      const statements = await countStatements(async () => {
        for (const at of days.slice(8)) await pricesAt(at);
      });
      expect(statements).toEqual([]);
    });
  });
});
