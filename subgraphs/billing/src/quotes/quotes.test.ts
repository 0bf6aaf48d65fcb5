import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { listOf } from "../testing/arrange.js";
import { ask, buyer, issued, orderFrom, type Result, SMALL, TestClock } from "../testing/orders.js";

const tree = testTree();
const clock = new TestClock();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: clock.now }), tree.source);
  const priceLists = [
    demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z")),
    listOf(tree.sibling, { tierAdjustmentBasisPoints: -500, markupBasisPoints: 1_000 }),
  ];
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
});
afterAll(() => billing.stop());

const mutate = async (
  name: string,
  input: object,
  as = buyer(tree.customer),
): Promise<Result & { fields?: object[] }> => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ... on Quote { id state number price { total { minorUnits } } }
    ... on InvalidInputProblem { fields { path reason } } ... on Problem { __typename code message } } }`;
  return (
    (await ask<Record<string, Result>>(billing, document, { input: { idempotencyKey: randomUUID(), ...input } }, as))[
      name
    ] ?? {}
  );
};
const quoteState = async (id: string, as = buyer(tree.customer)) => {
  const { data, errors } = await billing.execute(
    "query ($id: ID!) { quote(id: $id) { state price { total { minorUnits } } vm { name template { id } } } }",
    { id },
    as,
  );
  const found = data?.["quote"] as { state: string } | null | undefined;
  return errors ? errors[0]?.extensions?.["code"] : found?.state;
};

describe("a quote", () => {
  it("is drafted, issued and then frozen for 14 days", async () => {
    const { id = "", number } = (await mutate("createQuote", { vm: SMALL, interval: "MONTHLY" })) as {
      id?: string;
      number?: string;
    };
    expect(number).toMatch(/^Q-\d{6}$/);
    expect(await quoteState(id)).toBe("DRAFT");
    expect(await orderFrom(billing, buyer(tree.customer), id)).toMatchObject({ code: "CONFLICT" });
    expect(await mutate("issueQuote", { quoteId: id })).toMatchObject({ state: "ISSUED" });
    expect(await mutate("issueQuote", { quoteId: id })).toMatchObject({ code: "CONFLICT" });
    clock.forward(14 * 24 * 60 - 1);
    expect(await quoteState(id)).toBe("ISSUED");
    clock.forward(1);
    expect(await quoteState(id)).toBe("EXPIRED");
    const expired = { __typename: "QuoteExpiredProblem", code: "CONFLICT" };
    expect(await orderFrom(billing, buyer(tree.customer), id)).toMatchObject(expired);
    expect(await mutate("rejectQuote", { quoteId: id })).toMatchObject(expired);
  });

  it("can be rejected by either side with a reason, which is the end of it", async () => {
    for (const as of [buyer(tree.customer), buyer(tree.reseller)]) {
      const id = await issued(billing, buyer(tree.customer));
      expect(await mutate("rejectQuote", { quoteId: id, reason: "x".repeat(1_001) }, as)).toMatchObject({
        fields: [{ path: ["reason"] }],
      });
      expect(await mutate("rejectQuote", { quoteId: id, reason: " Too dear " }, as)).toMatchObject({
        state: "REJECTED",
      });
      const { quote } = await ask<{ quote: object }>(
        billing,
        "query ($id: ID!) { quote(id: $id) { rejectionReason } }",
        { id },
        buyer(tree.customer),
      );
      expect(quote).toEqual({ rejectionReason: "Too dear" });
      expect(await mutate("rejectQuote", { quoteId: id }, as)).toMatchObject({ code: "CONFLICT" });
      expect(await orderFrom(billing, buyer(tree.customer), id)).toMatchObject({ code: "CONFLICT" });
    }
  });

  it("is made once per key, for the machine that was asked for", async () => {
    const idempotencyKey = randomUUID();
    const all = await Promise.all(
      Array.from({ length: 5 }, () => mutate("createQuote", { vm: SMALL, interval: "MONTHLY", idempotencyKey })),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await mutate("createQuote", { vm: SMALL, interval: "ANNUAL", idempotencyKey })).toMatchObject({
      code: "CONFLICT",
    });
    expect(await mutate("createQuote", { interval: "MONTHLY" })).toMatchObject({
      code: "INVALID_INPUT",
      fields: [{ path: ["vm"] }],
    });
    expect(await mutate("createQuote", { vm: { ...SMALL, memoryGb: 0 }, interval: "MONTHLY" })).toMatchObject({
      fields: [{ path: ["vm", "memoryGb"], reason: "OUT_OF_RANGE" }],
    });
  });

  it("is unseen and untouched by others, and needs the permission", async () => {
    const id = await issued(billing, buyer(tree.customer));
    const others = [
      buyer(tree.sibling),
      buyer(tree.otherReseller),
      buyer(tree.reseller, { narrowedOrganisationId: tree.sibling }),
    ];
    for (const as of others) {
      expect(await quoteState(id, as)).toBe("NOT_FOUND");
      expect(await mutate("rejectQuote", { quoteId: id }, as)).toMatchObject({ code: "NOT_FOUND" });
      expect(await orderFrom(billing, as, id)).toMatchObject({ code: "NOT_FOUND" });
      const { quotes } = await ask<{ quotes: { nodes: { id: string }[] } }>(
        billing,
        "{ quotes(first: 100) { nodes { id } } }",
        {},
        as,
      );
      expect(quotes.nodes.map((node) => node.id)).not.toContain(id);
    }
    expect(
      await mutate(
        "createQuote",
        { organisationId: tree.customer, vm: SMALL, interval: "MONTHLY" },
        buyer(tree.sibling),
      ),
    ).toMatchObject({ code: "NOT_FOUND" });
    expect(await quoteState(id, requestCaller({ org: tree.customer, permissions: ["order:read"] }))).toBe("FORBIDDEN");
    expect(await quoteState("none")).toBe("NOT_FOUND");
    expect(await quoteState(id, buyer(tree.reseller))).toBe("ISSUED");
  });

  it("pages, the newest first, by state", async () => {
    const ids = [];
    for (let i = 0; i < 3; i += 1) ids.unshift(await issued(billing, buyer(tree.otherCustomer)));
    const document =
      "query ($after: String) { quotes(first: 2, after: $after, filter: { state: [ISSUED] }) { nodes { id } pageInfo { hasNextPage endCursor } } }";
    type Page = { quotes: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    const first = (await ask<Page>(billing, document, {}, buyer(tree.otherCustomer))).quotes;
    const second = (await ask<Page>(billing, document, { after: first.pageInfo.endCursor }, buyer(tree.otherCustomer)))
      .quotes;
    expect([...first.nodes, ...second.nodes].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const nonsense = Buffer.from('["yesterday","x"]').toString("base64url");
    const { errors } = await billing.execute(document, { after: nonsense }, buyer(tree.otherCustomer));
    expect(errors?.[0]?.extensions?.["code"]).toBe("INVALID_INPUT");
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it("says whether there is money for each, in as many statements for one as for many", async () => {
    for (const org of [tree.customer, tree.sibling, tree.otherCustomer]) await issued(billing, buyer(org));
    const list = "query ($n: Int) { quotes(first: $n) { nodes { id funds { allowed needed { minorUnits } } } } }";
    type Listed = { quotes: { nodes: { id: string; funds: { allowed: boolean; needed: object } }[] } };
    const as = buyer(tree.operator);
    const count = async (n: number) => (await countStatements(() => ask(billing, list, { n }, as))).length;
    expect(await count(20)).toBe(await count(1));
    const { quotes } = await ask<Listed>(billing, list, { n: 20 }, as);
    const one = "query ($id: ID!) { quote(id: $id) { id funds { allowed needed { minorUnits } } } }";
    const alone = [];
    for (const { id } of quotes.nodes) alone.push((await ask<{ quote: object }>(billing, one, { id }, as)).quote);
    expect(quotes.nodes).toEqual(alone);
  });
});
