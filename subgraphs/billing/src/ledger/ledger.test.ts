import { randomUUID } from "node:crypto";
import { callerOf } from "@tollgate/kit";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { asAdministrator, credit, creditOf, system } from "../testing/arrange.js";
import { captureHold, placeHold, releaseHold } from "./holds.js";
import { creditWallet, type Leg, postEntry, walletFor } from "./ledger.js";
import { type EntryKind, entry, posting, wallet } from "./ledger.schema.js";
import { verifyLedger } from "./verify.js";

const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph(), tree.source);
});

afterAll(() => billing.stop());

/** A wallet of its own in each test: of an organisation that nobody else uses. */
let organisationId: string;
let walletId: string;
beforeEach(async () => {
  organisationId = randomUUID();
  walletId = await system(billing.subgraph, (tx) => walletFor(tx, organisationId, "ZAR"));
});

const walletNow = async () => {
  const [row] = await system(billing.subgraph, (tx) => tx.db.select().from(wallet).where(eq(wallet.id, walletId)));
  if (!row) throw new Error("no wallet");
  return row;
};

const postingsNow = () =>
  system(billing.subgraph, (tx) =>
    tx.db.select().from(posting).where(eq(posting.walletId, walletId)).orderBy(posting.position),
  );

const post = (kind: EntryKind, ...legs: [Leg["account"], bigint][]) =>
  system(billing.subgraph, (tx) =>
    postEntry(tx, {
      organisationId,
      kind,
      description: kind,
      eventAt: new Date(),
      legs: legs.map(([account, amount]) => ({ walletId, account, amount })),
    }),
  );

const hold = (amount: bigint) =>
  system(billing.subgraph, (tx) =>
    placeHold(tx, {
      ...{ organisationId, walletId, kind: "ORDER", amount, orderId: null, vmId: null },
      ...{ description: "Order", at: new Date() },
    }),
  );
/** Takes some of a hold; the rest stays held, or is given back under a name. */
const capture = (holdId: string, amount: bigint, releaseAs: string | null = null) =>
  system(billing.subgraph, (tx) =>
    captureHold(tx, { holdId, amount, kind: "CAPTURE", description: "First hour", releaseAs, at: new Date() }),
  );

const verified = () => system(billing.subgraph, verifyLedger);

describe("the ledger", () => {
  it("keeps posted, held and available through credit, hold, capture and release", async () => {
    await credit(billing.subgraph, organisationId, 10_000n);
    expect(await walletNow()).toMatchObject({ posted: 10_000n, held: 0n, available: 10_000n });
    const holdId = await hold(4_000n);
    expect(await walletNow()).toMatchObject({ posted: 10_000n, held: 4_000n, available: 6_000n });
    await capture(holdId, 1_000n);
    expect(await walletNow()).toMatchObject({ posted: 9_000n, held: 3_000n, available: 6_000n });
    await system(billing.subgraph, (tx) => releaseHold(tx, { holdId, description: "Order failed", at: new Date() }));
    expect(await walletNow()).toMatchObject({ posted: 9_000n, held: 0n, available: 9_000n, revenue: 1_000n });
    expect((await verified()).findings).toEqual([]);
  });

  it("calls what is taken of a hold and what is given back of it by names of their own", async () => {
    await credit(billing.subgraph, organisationId, 1_000n);
    const holdId = await hold(500n);
    expect(await capture(holdId, 200n, "Given back")).toBe(true);
    expect(await capture(holdId, 1n, "Given back again")).toBe(false);
    const entries = await system(billing.subgraph, (tx) =>
      tx.db
        .select({ kind: entry.kind, description: entry.description })
        .from(entry)
        .where(eq(entry.organisationId, organisationId)),
    );
    expect(entries).toHaveLength(4);
    expect(Object.fromEntries(entries.map(({ kind, description }) => [kind, description]))).toMatchObject({
      CAPTURE: "First hour",
      RELEASE: "Given back",
    });
  });

  it("writes on every posting its place and the balance of its book before and after", async () => {
    await credit(billing.subgraph, organisationId, 500n);
    await hold(200n);
    const legs = (await postingsNow()).map((row) => [row.position, row.account, row.balanceBefore, row.balanceAfter]);
    expect(legs).toEqual([
      [1n, "WALLET", 0n, 500n],
      [2n, "PROVIDER_CLEARING", 0n, -500n],
      [3n, "WALLET", 500n, 300n],
      [4n, "HOLDS", 0n, 200n],
    ]);
  });

  it("never lets a wallet go below zero: INSUFFICIENT_FUNDS, and nothing is written", async () => {
    await credit(billing.subgraph, organisationId, 100n);
    await expect(hold(101n)).rejects.toMatchObject({ code: "INSUFFICIENT_FUNDS" });
    await expect(post("USAGE", ["WALLET", -101n], ["REVENUE", 101n])).rejects.toMatchObject({
      code: "INSUFFICIENT_FUNDS",
    });
    expect(await walletNow()).toMatchObject({ available: 100n, postings: 2n });
    expect(await postingsNow()).toHaveLength(2);
  });

  it("refuses an entry that does not balance, one without postings, and a posting added to an old one", async () => {
    const { entryId } = await credit(billing.subgraph, organisationId, 100n);
    await expect(post("ADJUSTMENT", ["WALLET", 5n], ["REVENUE", -4n])).rejects.toThrow(/do not balance/);
    await expect(post("ADJUSTMENT", ["WALLET", 5n])).rejects.toThrow(/do not balance/);
    await expect(post("ADJUSTMENT")).rejects.toThrow(/does not balance/);
    const added = `insert into posting select uuidv7(), organisation_id, entry_organisation_id, entry_id, wallet_id, 3, currency,
      account, amount, balance_after, balance_after + amount from posting where entry_id = '${entryId}' and account = 'WALLET'`;
    await expect(asAdministrator(billing.databaseUrl, added)).rejects.toThrow(/do not balance/);
    expect(await walletNow()).toMatchObject({ posted: 100n });
  });

  it("balances an entry per currency", async () => {
    const dollars = await system(billing.subgraph, (tx) => walletFor(tx, organisationId, "USD"));
    const mixed = system(billing.subgraph, (tx) =>
      postEntry(tx, {
        organisationId,
        kind: "ADJUSTMENT",
        description: "rand for dollars",
        eventAt: new Date(),
        legs: [
          { walletId, account: "WALLET", amount: 5n },
          { walletId: dollars, account: "REVENUE", amount: -5n },
        ],
      }),
    );
    await expect(mixed).rejects.toThrow(/do not balance/);
  });

  it("is written by its functions alone, and what is written never changes", async () => {
    await credit(billing.subgraph, organisationId, 100n);
    const attempts = [
      "update wallet set posted = posted + 1",
      "delete from wallet",
      "insert into entry (organisation_id, kind, description, event_at) values (gen_random_uuid(), 'TOP_UP', '', now())",
      "update posting set amount = amount + 1",
      "delete from entry",
    ];
    for (const attempt of attempts) {
      await expect(system(billing.subgraph, (tx) => tx.sql.unsafe(attempt))).rejects.toThrow(/permission denied/);
    }
    for (const attempt of ["update posting set amount = 1", "delete from entry", "truncate entry cascade"]) {
      await expect(asAdministrator(billing.databaseUrl, attempt)).rejects.toThrow(/append-only/);
    }
  });

  it("does not reach a wallet outside the caller's estate", async () => {
    const foreign = await credit(billing.subgraph, tree.otherCustomer, 100n);
    const caller = callerOf(requestCaller({ org: tree.customer }));
    const theft = billing.subgraph.database.write(caller, (tx) =>
      postEntry(tx, {
        organisationId: tree.customer,
        kind: "ADJUSTMENT",
        description: "theft",
        eventAt: new Date(),
        legs: [
          { walletId: foreign.walletId, account: "WALLET", amount: -50n },
          { walletId: foreign.walletId, account: "REVENUE", amount: 50n },
        ],
      }),
    );
    await expect(theft).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(
      billing.subgraph.database.write(caller, (tx) => walletFor(tx, tree.otherCustomer, "USD")),
    ).rejects.toThrow(/row-level security/);
  });
});

describe("an idempotency key", () => {
  it("gives the first result again, also to many at once, and refuses another input", async () => {
    const first = creditOf(organisationId, 700n);
    const results = await Promise.all(
      Array.from({ length: 6 }, () => system(billing.subgraph, (tx) => creditWallet(tx, first))),
    );
    expect(new Set(results.map(({ entryId }) => entryId)).size).toBe(1);
    expect(await walletNow()).toMatchObject({ posted: 700n });
    const other = system(billing.subgraph, (tx) => creditWallet(tx, { ...first, minorUnits: 701n }));
    await expect(other).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("is each organisation's own, and is free again when the work failed", async () => {
    const key = { idempotencyKey: "transfer 1" };
    await credit(billing.subgraph, organisationId, 1n, key);
    await credit(billing.subgraph, randomUUID(), 2n, key);
    const failed = creditOf(organisationId, 0n, { idempotencyKey: "transfer 2" });
    await expect(system(billing.subgraph, (tx) => creditWallet(tx, failed))).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await credit(billing.subgraph, organisationId, 5n, { idempotencyKey: "transfer 2" });
    expect(await walletNow()).toMatchObject({ posted: 6n });
  });

  it("must be a key", async () => {
    await expect(credit(billing.subgraph, organisationId, 1n, { idempotencyKey: "" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});

describe("verifying the ledger", () => {
  it("finds each law that was broken, where, and by how much", async () => {
    await credit(billing.subgraph, organisationId, 1_000n);
    const holdId = await hold(300n);
    expect(await verified()).toMatchObject({ intact: true });
    const tamper = (statements: string) =>
      asAdministrator(billing.databaseUrl, `set local session_replication_role = replica; ${statements}`);
    const broken = async (statements: string) => {
      await tamper(statements);
      const { intact, findings } = await verified();
      expect(intact).toBe(false);
      return findings.filter((found) => found.walletId === null || found.walletId === walletId);
    };
    const own = `where wallet_id = '${walletId}'`;
    const laws = async (statement: string) => (await broken(statement)).map(({ law, difference }) => [law, difference]);
    expect(await laws(`update wallet set posted = posted + 7 where id = '${walletId}'`)).toEqual([
      ["WALLET_EQUALS_POSTINGS", 7n],
    ]);
    expect(await laws(`update wallet set posted = posted - 7, held = held + 5 where id = '${walletId}'`)).toEqual([
      ["HELD_EQUALS_OPEN_HOLDS", 5n],
      ["HELD_EQUALS_OPEN_HOLDS", 5n],
    ]);
    await broken(`update wallet set held = held - 4 where id = '${walletId}'`);
    expect(
      await laws(`update wallet set held = held - 1 where id = '${walletId}';
        update posting set amount = amount + 3, balance_after = balance_after + 3 ${own} and position = 3`),
    ).toEqual(
      expect.arrayContaining([
        ["ENTRY_BALANCES", 3n],
        ["WALLET_EQUALS_POSTINGS", -3n],
      ]),
    );
    await tamper(`update posting set amount = amount - 3, balance_after = balance_after - 3 ${own} and position = 3`);
    expect(await verified()).toMatchObject({ intact: true, findings: [] });
    // The books agree with one another here: only the holds themselves tell.
    expect(await laws(`update hold set captured = captured + 100 where id = '${holdId}'`)).toEqual([
      ["HELD_EQUALS_OPEN_HOLDS", 100n],
    ]);
    expect(
      await laws(`update hold set captured = 0, state = 'RELEASED', ended_at = now() where id = '${holdId}'`),
    ).toEqual([["HELD_EQUALS_OPEN_HOLDS", 300n]]);
    await tamper(`update hold set state = 'OPEN', ended_at = null where id = '${holdId}'`);
    expect(await verified()).toMatchObject({ intact: true, findings: [] });
  });
});

describe("concurrent writers", () => {
  it("leave books that balance, no wallet below zero, and every accepted movement exactly once", async () => {
    const wallets = await Promise.all(Array.from({ length: 3 }, () => credit(billing.subgraph, randomUUID(), 1_000n)));
    const expected = new Map(wallets.map((one) => [one.walletId, 1_000n]));
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const steps = Array.from({ length: 160 }, () => {
      // Two thirds go to one hot wallet; every fifth moves money between two, in either direction.
      const from = wallets[random(3) === 0 ? 1 + random(2) : 0];
      const to = random(5) === 0 ? wallets[random(3)] : from;
      return {
        from: from?.walletId ?? "",
        to: to?.walletId ?? "",
        amount: BigInt(1 + random(200)),
        up: random(3) === 0,
      };
    });
    let refused = 0;
    const write = async ({ from, to, amount, up }: (typeof steps)[number]) => {
      const legs: Leg[] =
        from === to
          ? [
              { walletId: from, account: "WALLET", amount: up ? amount : -amount },
              { walletId: from, account: "REVENUE", amount: up ? -amount : amount },
            ]
          : [
              { walletId: from, account: "WALLET", amount: -amount },
              { walletId: to, account: "WALLET", amount },
            ];
      try {
        await system(billing.subgraph, (tx) =>
          postEntry(tx, { organisationId, kind: "ADJUSTMENT", description: "storm", eventAt: new Date(), legs }),
        );
      } catch (error) {
        expect(error).toMatchObject({ code: "INSUFFICIENT_FUNDS" });
        refused += 1;
        return;
      }
      for (const leg of legs.filter(({ account }) => account === "WALLET")) {
        expected.set(leg.walletId, (expected.get(leg.walletId) ?? 0n) + leg.amount);
      }
    };
    await Promise.all(steps.map(write));
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(steps.length);
    const rows = await system(billing.subgraph, (tx) => tx.db.select().from(wallet));
    for (const [id, balance] of expected) expect(rows.find((row) => row.id === id)?.available).toBe(balance);
    expect(await verified()).toMatchObject({ intact: true, findings: [] });
  });
});
