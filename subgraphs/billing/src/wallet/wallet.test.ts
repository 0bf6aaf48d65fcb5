import { randomUUID } from "node:crypto";
import { countStatements, forgetKeys } from "@tollgate/kit";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph, seedBilling } from "../index.js";
import { postEntry } from "../ledger/ledger.js";
import { credit, creditOf, system } from "../testing/arrange.js";

const tree = testTree();
let billing: TestSubgraph;

const caller = (org: string, permissions = ["wallet:read"], rest = {}) => requestCaller({ org, permissions }, rest);

interface Shown {
  id: string;
  currency: string;
  available: { minorUnits: string };
  organisation: { id: string };
  transactions: Page;
}
interface Page {
  nodes: {
    amount: { minorUnits: string };
    balanceBefore: { minorUnits: string };
    balanceAfter: { minorUnits: string };
    entry: { description: string; kind: string };
  }[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

const ask = async <T>(document: string, variables: Record<string, unknown>, as = caller(tree.customer)) => {
  const { data, errors } = await billing.execute(document, variables, as);
  return { data: data as T | null | undefined, code: errors?.[0]?.extensions?.["code"] };
};

const WALLETS = `query ($first: Int, $after: String, $filter: WalletFilter) { wallets(first: $first, after: $after, filter: $filter) {
  totalCount nodes { id currency available { minorUnits } organisation { id } } pageInfo { hasNextPage endCursor } } }`;

const walletsOf = async (as = caller(tree.customer), variables: Record<string, unknown> = {}) => {
  const { data } = await ask<{ wallets: { totalCount: number; nodes: Shown[]; pageInfo: Page["pageInfo"] } }>(
    WALLETS,
    variables,
    as,
  );
  if (!data) throw new Error("no wallets");
  return data.wallets;
};

const ofOrganisation = (ids: string[], fields: string, as = caller(tree.customer)) =>
  ask<{ _entities: (Record<string, unknown> | null)[] }>(
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Organisation { id ${fields} } } }`,
    { r: ids.map((id) => ({ __typename: "Organisation", id })) },
    as,
  );

const walletId = async (organisationId: string): Promise<string> => {
  const { nodes } = await walletsOf(caller(tree.operator), { filter: { organisationId, currency: "ZAR" } });
  return nodes.find(({ organisation }) => organisation.id === organisationId)?.id ?? "";
};

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph(), tree.source);
  await credit(billing.subgraph, tree.customer, 50_000n, { description: "First transfer" });
  await credit(billing.subgraph, tree.sibling, 20_000n);
  await credit(billing.subgraph, tree.otherCustomer, 70_000n);
  await credit(billing.subgraph, tree.customer, 999n, { currency: "USD" });
});

afterAll(() => billing.stop());

describe("a wallet", () => {
  it("is there for every organisation, empty until money comes", async () => {
    const { nodes, totalCount } = await walletsOf(caller(tree.operator));
    expect(totalCount).toBe(7);
    expect(
      nodes
        .filter(({ available }) => available.minorUnits === "0")
        .map(({ organisation }) => organisation.id)
        .sort(),
    ).toEqual([tree.operator, tree.reseller, tree.otherReseller].sort());
  });

  it("shows posted, held, credit and what is available", async () => {
    const { data } = await ask<{ wallet: object }>(
      'query ($id: ID!) { wallet(id: $id) { state currency posted { minorUnits } held { minorUnits } creditLimit { minorUnits } available { minorUnits currency formatted(locale: "en-ZA") } organisation { id } } }',
      { id: await walletId(tree.customer) },
    );
    expect(data?.wallet).toMatchObject({
      state: "ACTIVE",
      currency: "ZAR",
      posted: { minorUnits: "50000" },
      held: { minorUnits: "0" },
      creditLimit: { minorUnits: "0" },
      available: { minorUnits: "50000", currency: "ZAR", formatted: expect.stringMatching(/^R.500[.,]00$/) },
      organisation: { id: tree.customer },
    });
  });

  it("is an organisation's, in its main currency unless another is named", async () => {
    const fields =
      'wallet { currency } dollars: wallet(currency: "USD") { available { minorUnits } } euros: wallet(currency: "EUR") { id } wallets { currency }';
    const { data } = await ofOrganisation([tree.customer], fields);
    expect(data?._entities).toEqual([
      {
        id: tree.customer,
        wallet: { currency: "ZAR" },
        dollars: { available: { minorUnits: "999" } },
        euros: null,
        wallets: [{ currency: "ZAR" }, { currency: "USD" }],
      },
    ]);
  });

  it("answers for itself as an entity", async () => {
    const id = await walletId(tree.customer);
    const foreign = await walletId(tree.sibling);
    const { data } = await ask<{ _entities: unknown[] }>(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Wallet { id currency } } }",
      { r: [id, foreign].map((one) => ({ __typename: "Wallet", id: one })) },
    );
    expect(data?._entities).toEqual([{ id, currency: "ZAR" }, null]);
  });
});

describe("wallets of others", () => {
  it("are NOT_FOUND by id: a sibling's, another reseller's customer's, the parent's, an unknown and a malformed one", async () => {
    const ids = await Promise.all([tree.sibling, tree.otherCustomer, tree.reseller].map(walletId));
    for (const id of [...ids, randomUUID(), "not an id"]) {
      expect(await ask("query ($id: ID!) { wallet(id: $id) { id } }", { id })).toEqual({
        data: { wallet: null },
        code: "NOT_FOUND",
      });
    }
  });

  it("are in no list, and their organisation is NOT_FOUND in a filter", async () => {
    const organisations = async (as: ReturnType<typeof caller>) =>
      [...new Set((await walletsOf(as)).nodes.map(({ organisation }) => organisation.id))].sort();
    expect(await organisations(caller(tree.customer))).toEqual([tree.customer]);
    expect(await organisations(caller(tree.reseller))).toEqual([tree.reseller, tree.customer, tree.sibling].sort());
    const narrowed = caller(tree.reseller, ["wallet:read"], { narrowedOrganisationId: tree.sibling });
    expect(await organisations(narrowed)).toEqual([tree.sibling]);
    for (const organisationId of [tree.sibling, tree.reseller, "not an id"]) {
      expect((await ask(WALLETS, { filter: { organisationId } })).code).toBe("NOT_FOUND");
    }
  });

  it("do not come with a foreign organisation", async () => {
    const foreign = [tree.sibling, tree.otherCustomer, tree.reseller, randomUUID(), "not an id"];
    const { data, code } = await ofOrganisation(
      foreign,
      "wallet { id } wallets { id } priceList { id }",
      caller(tree.customer, ["wallet:read", "price:read"]),
    );
    expect(code).toBeUndefined();
    expect(data?._entities).toEqual([null, null, null, null, null]);
  });

  it("need the permission", async () => {
    expect((await ask(WALLETS, {}, caller(tree.customer, []))).code).toBe("FORBIDDEN");
    expect((await ofOrganisation([tree.customer], "wallet { id }", caller(tree.customer, []))).code).toBe("FORBIDDEN");
  });
});

describe("the list of wallets", () => {
  it("begins with the least available, page by page, filtered", async () => {
    const as = caller(tree.operator);
    const rand = { filter: { currency: "ZAR", state: ["ACTIVE"] } };
    const first = await walletsOf(as, { first: 4, ...rand });
    const second = await walletsOf(as, { first: 4, after: first.pageInfo.endCursor, ...rand });
    expect(first.totalCount).toBe(6);
    expect(second.pageInfo.hasNextPage).toBe(false);
    const all = [...first.nodes, ...second.nodes].map(({ available }) => available.minorUnits);
    expect(all).toEqual(["0", "0", "0", "20000", "50000", "70000"]);
    const below = await walletsOf(as, { filter: { organisationId: tree.reseller } });
    expect(below.totalCount).toBe(4);
  });
});

describe("the transactions of a wallet", () => {
  const TRANSACTIONS = `query ($id: ID!, $first: Int, $after: String, $filter: TransactionFilter) { wallet(id: $id) { transactions(first: $first, after: $after, filter: $filter) {
    nodes { amount { minorUnits } balanceBefore { minorUnits } balanceAfter { minorUnits } account wallet { id }
      entry { kind description eventAt recordedAt postings { account amount { minorUnits } } } } pageInfo { hasNextPage endCursor } } } }`;
  const page = async (variables: Record<string, unknown>) => {
    const id = await walletId(tree.sibling);
    const { data, code } = await ask<{ wallet: { transactions: Page } }>(
      TRANSACTIONS,
      { id, ...variables },
      caller(tree.sibling),
    );
    return { ...data?.wallet?.transactions, code };
  };
  const amounts = async (filter: Record<string, unknown> | null = null) =>
    (await page({ filter })).nodes?.map(({ amount }) => amount.minorUnits);

  beforeAll(async () => {
    const [{ walletId: own }] = await Promise.all([
      credit(billing.subgraph, tree.sibling, 3_000n, {
        description: "100%_ of it",
        at: new Date("2026-02-01T00:00:00Z"),
      }),
    ]);
    const move = (
      kind: "HOLD" | "CAPTURE" | "RELEASE",
      from: "WALLET" | "HOLDS",
      to: "HOLDS" | "REVENUE" | "WALLET",
      amount: bigint,
    ) =>
      system(billing.subgraph, (tx) =>
        postEntry(tx, {
          organisationId: tree.sibling,
          kind,
          description: `${kind} of an order`,
          eventAt: new Date("2026-03-01T00:00:00Z"),
          legs: [
            { walletId: own, account: from, amount: -amount },
            { walletId: own, account: to, amount },
          ],
        }),
      );
    await move("HOLD", "WALLET", "HOLDS", 500n);
    await move("CAPTURE", "HOLDS", "REVENUE", 200n);
    await move("RELEASE", "HOLDS", "WALLET", 300n);
  });

  it("are what moved the available money, newest first, each going on from the balance before", async () => {
    const { nodes } = await page({});
    expect(
      nodes?.map(({ entry, amount, balanceBefore, balanceAfter }) => [
        entry.kind,
        ...[amount, balanceBefore, balanceAfter].map(({ minorUnits }) => Number(minorUnits)),
      ]),
    ).toEqual([
      ["RELEASE", 300, 22_500, 22_800],
      ["HOLD", -500, 23_000, 22_500],
      ["TOP_UP", 3_000, 20_000, 23_000],
      ["TOP_UP", 20_000, 0, 20_000],
    ]);
    const { data } = await ask<{ wallet: Shown }>(
      "query ($id: ID!) { wallet(id: $id) { available { minorUnits } } }",
      { id: await walletId(tree.sibling) },
      caller(tree.sibling),
    );
    expect(data?.wallet.available.minorUnits).toBe("22800");
  });

  it("have the whole entry behind them", async () => {
    const { nodes } = await page({});
    expect(nodes?.[1]).toMatchObject({
      account: "WALLET",
      balanceBefore: { minorUnits: "23000" },
      balanceAfter: { minorUnits: "22500" },
      entry: {
        eventAt: "2026-03-01T00:00:00.000Z",
        postings: [
          { account: "WALLET", amount: { minorUnits: "-500" } },
          { account: "HOLDS", amount: { minorUnits: "500" } },
        ],
      },
    });
  });

  it("come page by page", async () => {
    const first = await page({ first: 3 });
    const second = await page({ first: 3, after: first.pageInfo?.endCursor });
    expect([first.nodes?.length, second.nodes?.length, second.pageInfo?.hasNextPage]).toEqual([3, 1, false]);
    expect((await page({ after: "nonsense" })).code).toBe("INVALID_INPUT");
    expect((await page({ first: 101 })).code).toBe("INVALID_INPUT");
  });

  it("are filtered by kind, period, amount and text, in which no character is special", async () => {
    const rand = (minorUnits: string) => ({ minorUnits, currency: "ZAR" });
    expect(await amounts({ kind: ["HOLD", "CAPTURE"] })).toEqual(["-500"]);
    expect(await amounts({ period: { from: "2026-02-01T00:00:00Z", to: "2026-03-01T00:00:00Z" } })).toEqual(["3000"]);
    expect(await amounts({ minimum: rand("-300"), maximum: rand("3000") })).toEqual(["300", "3000"]);
    expect(await amounts({ minimum: { minorUnits: "0", currency: "USD" } })).toEqual([]);
    expect(await amounts({ search: "ORDER" })).toEqual(["300", "-500"]);
    expect(await amounts({ search: "0%_" })).toEqual(["3000"]);
    expect(await amounts({ search: "_" })).toEqual(["3000"]);
    expect(
      (await page({ filter: { period: { from: "2026-02-01T00:00:00Z", to: "2026-02-01T00:00:00Z" } } })).code,
    ).toBe("INVALID_INPUT");
  });

  it("of many wallets are read with as many statements as those of one", async () => {
    const fields =
      "wallet { available { minorUnits } transactions(first: 3) { nodes { amount { minorUnits } wallet { id } entry { description postings { account } } } } }";
    const count = async (ids: string[]) => {
      const statements = await countStatements(() => ofOrganisation(ids, fields, caller(tree.operator)));
      return statements.filter((statement) =>
        /"wallet"|"posting"|"entry"|from tenancy\s+where organisation_id = any/.test(statement),
      ).length;
    };
    const everybody = [
      tree.operator,
      tree.reseller,
      tree.customer,
      tree.sibling,
      tree.otherReseller,
      tree.otherCustomer,
    ];
    const one = await count([tree.customer]);
    expect(one).toBe(6);
    expect(await count(everybody)).toBe(one);
  });
});

describe("seeding", () => {
  it("credits once, however often it runs and whenever that is", async () => {
    const seed = (at: Date) => {
      const credits = [12_000n, 345n].map((amount, i) =>
        creditOf(tree.otherReseller, amount, { idempotencyKey: `seed ${i}`, at }),
      );
      return seedBilling(billing.subgraph, { priceLists: [], credits });
    };
    await seed(new Date("2026-01-01T00:00:00Z"));
    await seed(new Date("2026-01-02T00:00:00Z"));
    await system(billing.subgraph, (tx) => forgetKeys(tx, new Date(Date.now() + 1)));
    await seed(new Date("2026-03-01T00:00:00Z"));
    const { data } = await ofOrganisation(
      [tree.otherReseller],
      "wallet { available { minorUnits } }",
      caller(tree.otherReseller),
    );
    expect(data?._entities).toEqual([{ id: tree.otherReseller, wallet: { available: { minorUnits: "12345" } } }]);
  });
});
