import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { postEntry, walletFor } from "../ledger/ledger.js";
import { credit, system } from "../testing/arrange.js";

const tree = testTree();
const START = Date.parse("2026-03-01T00:00:00Z");
let now = new Date("2026-03-10T00:00:00Z");
let billing: TestSubgraph;
let walletId: string;

const caller = (org = tree.customer, permissions = ["wallet:read"]) => requestCaller({ org, permissions });

/** Takes an amount at an hour. */
const charge = (minorUnits: bigint, hour: number, description = `Hour ${hour}`) =>
  system(billing.subgraph, (tx) =>
    postEntry(tx, {
      organisationId: tree.customer,
      kind: "USAGE",
      description,
      eventAt: new Date(START + hour * 3_600_000),
      legs: [
        { walletId, account: "WALLET", amount: -minorUnits },
        { walletId, account: "REVENUE", amount: minorUnits },
      ],
    }),
  );

interface Page {
  nodes: { amount: { minorUnits: string }; balanceAfter: { minorUnits: string }; entry: { description: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const LIST = `query ($id: ID!, $first: Int, $after: String, $filter: TransactionFilter) { wallet(id: $id) {
  transactions(first: $first, after: $after, filter: $filter) { nodes { amount { minorUnits } balanceAfter { minorUnits }
  entry { description } } pageInfo { hasNextPage endCursor } } } }`;

const ask = async (document: string, variables: object, as = caller()) => {
  const { data, errors } = await billing.execute(document, { id: walletId, ...variables }, as);
  return { data: data as Record<string, unknown> | null | undefined, code: errors?.[0]?.extensions?.["code"] };
};

const page = async (variables: object = {}): Promise<Page> => {
  const { data, code } = await ask(LIST, variables);
  if (!data) throw new Error(String(code));
  return (data["wallet"] as { transactions: Page }).transactions; // as asked for
};

const described = ({ nodes }: Page) => nodes.map(({ entry }) => entry.description);

beforeAll(async () => {
  billing = await TestSubgraph.start(
    inject("postgresUrl"),
    billingSubgraph({ clock: () => now, publicUrl: "https://cloud.example" }),
    tree.source,
  );
  await credit(billing.subgraph, tree.customer, 100_000n, { description: "Transfer 100 %", at: new Date(START) });
  walletId = await system(billing.subgraph, (tx) => walletFor(tx, tree.customer, "ZAR"));
  for (let hour = 1; hour <= 10; hour += 1) await charge(BigInt(hour), hour);
});
afterAll(() => billing.stop());

describe("a wallet's transactions", () => {
  it("go on where a page ended, whatever moves the wallet meanwhile", async () => {
    const first = await page({ first: 4 });
    await charge(11n, 11);
    // Late: it happened before what was read already.
    await charge(12n, 2, "Late");
    const second = await page({ first: 4, after: first.pageInfo.endCursor });
    const third = await page({ first: 4, after: second.pageInfo.endCursor });
    expect([first, second, third].flatMap(described)).toEqual([
      ...[10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((hour) => `Hour ${hour}`),
      "Transfer 100 %",
    ]);
    expect(third.pageInfo.hasNextPage).toBe(false);
    const whole = await page({ first: 100 });
    whole.nodes.slice(1).forEach(({ balanceAfter }, nth) => {
      const next = whole.nodes[nth];
      expect(BigInt(balanceAfter.minorUnits) + BigInt(next?.amount.minorUnits ?? 0)).toBe(
        BigInt(next?.balanceAfter.minorUnits ?? 0),
      );
    });
  });

  it("are found by kind, time, amount and words, all at once", async () => {
    const rand = (minorUnits: number) => ({ minorUnits: `${minorUnits}`, currency: "ZAR" });
    const period = { from: "2026-03-01T03:00:00Z", to: "2026-03-01T09:00:00Z" };
    const filter = { kind: ["USAGE"], period, minimum: rand(-7), maximum: rand(-5), search: "hOUR" };
    expect(described(await page({ filter }))).toEqual(["Hour 7", "Hour 6", "Hour 5"]);
    expect(described(await page({ filter: { search: "100 %" } }))).toEqual(["Transfer 100 %"]);
    expect(described(await page({ filter: { search: "1__ %" } }))).toEqual([]);
    expect(described(await page({ filter: { minimum: { minorUnits: "1", currency: "USD" } } }))).toEqual([]);
  });

  it("are refused for filters that nothing can pass, and cursors of other lists", async () => {
    const rand = (minorUnits: number) => ({ minorUnits: `${minorUnits}`, currency: "ZAR" });
    const backwards = { from: "2026-03-02T00:00:00Z", to: "2026-03-01T00:00:00Z" };
    const cursor = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString("base64url");
    for (const variables of [
      { filter: { period: backwards } },
      { filter: { minimum: rand(5), maximum: rand(4) } },
      { filter: { search: "x".repeat(201) } },
      { after: cursor("1; drop") },
      { after: cursor(randomUUID(), "2") },
    ]) {
      expect((await ask(LIST, variables)).code).toBe("INVALID_INPUT");
    }
  });
});

describe("a file of transactions", () => {
  const DOWNLOAD = `query ($id: ID!, $format: DownloadFormat!, $filter: TransactionFilter) {
    transactionsDownload(walletId: $id, format: $format, filter: $filter) { url contentType expiresAt } }`;

  const link = async (format = "CSV", filter: object = {}, as = caller()): Promise<URL> => {
    const { data, code } = await ask(DOWNLOAD, { format, filter }, as);
    if (!data?.["transactionsDownload"]) throw new Error(String(code));
    return new URL((data["transactionsDownload"] as { url: string }).url); // as asked for
  };

  const open = async (url: URL) => {
    const route = billing.subgraph.routes.find(({ path }) => path === url.pathname);
    if (!route) throw new Error(`nothing is at ${url.pathname}`);
    const request = { method: "GET", path: url.pathname, query: url.searchParams, rawBody: new Uint8Array() } as const;
    const answer = await route.handle({ ...request, headers: { "user-agent": "tests" }, address: "192.0.2.9" });
    return { ...answer, body: answer.body instanceof Readable ? answer.body : Readable.from([answer.body]) };
  };

  it("is CSV with decimals that are numbers, or JSON with an object a line", async () => {
    await charge(1_050n, 12, '=HYPERLINK("http://evil")');
    const { headers, body } = await open(await link());
    expect(headers?.["content-disposition"]).toBe('attachment; filename="transactions-2026-03-10.csv"');
    const lines = (await text(body)).split("\r\n");
    expect(lines[0]).toBe(
      "id,eventAt,recordedAt,kind,description,amount,balanceAfter,currency,entryId,reasonKind,reasonId",
    );
    expect(lines[1]).toContain(`USAGE,"'=HYPERLINK(""http://evil"")",-10.50,`);
    const json = (await text((await open(await link("JSON_LINES", { kind: ["TOP_UP"] }))).body)).trim().split("\n");
    expect(json.map((line) => JSON.parse(line) as object)).toMatchObject([
      { kind: "TOP_UP", amount: "1000.00", balanceAfter: "1000.00", currency: "ZAR" },
    ]);
  });

  it("is whole however long, read no faster than it is taken", async () => {
    for (let nth = 0; nth < 45; nth += 1) {
      await system(billing.subgraph, async (tx) => {
        for (let more = 0; more < 50; more += 1) {
          const eventAt = new Date(START);
          const legs = [
            { walletId, account: "WALLET" as const, amount: 1n },
            { walletId, account: "WRITE_OFF" as const, amount: -1n },
          ];
          await postEntry(tx, {
            organisationId: tree.customer,
            kind: "ADJUSTMENT",
            description: "More",
            eventAt,
            legs,
          });
        }
      });
    }
    const { body } = await open(await link("JSON_LINES"));
    const rows = (await text(body)).trim().split("\n");
    const count = await system(
      billing.subgraph,
      (tx) =>
        tx.sql<{ n: bigint }[]>`select count(*) as n from posting where wallet_id = ${walletId} and account = 'WALLET'`,
    );
    expect(BigInt(rows.length)).toBe(count[0]?.n);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("is refused by a link that was changed or is too old, and for wallets of others", async () => {
    const forged = await link();
    const ticket = Buffer.from(forged.searchParams.get("ticket") ?? "", "base64url").toString("utf8");
    const changed = ticket.replace(tree.customer, tree.operator);
    forged.searchParams.set("ticket", Buffer.from(changed).toString("base64url"));
    expect((await open(forged)).status).toBe(403);
    const old = await link();
    const before = now;
    now = new Date(now.getTime() + 5 * 60_000);
    expect((await open(old)).status).toBe(403);
    now = before;
    await expect(link("CSV", {}, caller(tree.sibling))).rejects.toThrow("NOT_FOUND");
    await expect(link("CSV", {}, caller(tree.customer, ["usage:read"]))).rejects.toThrow("FORBIDDEN");
    await expect(link("CSV", { search: "x".repeat(201) })).rejects.toThrow("INVALID_INPUT");
  });

  it("is one of two at a time for each person, and in the trail", async () => {
    const as = caller();
    const [first, second] = [await open(await link("CSV", {}, as)), await open(await link("CSV", {}, as))];
    expect((await open(await link("CSV", {}, as))).status).toBe(429);
    for (const { body } of [first, second]) {
      body.destroy();
      await new Promise((resolve) => body.once("close", resolve));
    }
    expect((await open(await link("CSV", {}, as))).status).toBe(200);
    const recorded = await system(
      billing.subgraph,
      (tx) => tx.sql<{ n: bigint }[]>`
        select count(*) as n from outbox where type = 'audit.recorded' and payload ->> 'resource' = 'transactions'`,
    );
    expect(recorded[0]?.n).toBeGreaterThanOrEqual(3n);
  });
});
