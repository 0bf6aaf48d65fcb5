import { randomUUID } from "node:crypto";
import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { brokenLaws, credit, system } from "../testing/arrange.js";
import { hold } from "./hold.schema.js";
import { type Capture, captureHolds, type NewHold, placeHolds } from "./holds.js";
import { entry, posting, wallet } from "./ledger.schema.js";

const AT = new Date("2026-05-04T09:00:00Z");
const FUNDS = 1_000n;
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph(), testTree().source);
});
afterAll(() => billing.stop());

interface Paid {
  organisationId: string;
  walletId: string;
}

const paidWallets = (): Promise<Paid[]> =>
  Promise.all(
    [1, 2].map(async () => {
      const organisationId = randomUUID();
      return { organisationId, walletId: (await credit(billing.subgraph, organisationId, FUNDS)).walletId };
    }),
  );

/** What is done of a list: each in a transaction of its own, or all in one statement. */
type Way = <Wish, Result>(
  all: readonly Wish[],
  work: (tx: Parameters<typeof placeHolds>[0], some: readonly Wish[]) => Promise<Result[]>,
) => Promise<Result[]>;

const together: Way = (all, work) => system(billing.subgraph, (tx) => work(tx, all));
const oneByOne: Way = async (all, work) => {
  const results = [];
  for (const one of all) results.push(...(await system(billing.subgraph, (tx) => work(tx, [one]))));
  return results;
};

/** The books of these wallets without the ids, which differ. */
const booksOf = (wallets: readonly Paid[]) =>
  system(billing.subgraph, async (tx) => {
    expect(await brokenLaws(tx)).toEqual([]);
    return Promise.all(
      wallets.map(async ({ walletId }) => {
        const [
          { id: _id, organisationId: _owner, createdAt: _at, ...row } = { id: "", organisationId: "", createdAt: AT },
        ] = await tx.db.select().from(wallet).where(eq(wallet.id, walletId));
        const legs = await tx.db
          .select({ posting, kind: entry.kind, description: entry.description })
          .from(posting)
          .innerJoin(entry, eq(entry.id, posting.entryId))
          .where(eq(posting.walletId, walletId))
          .orderBy(posting.position);
        const holds = await tx.db
          .select()
          .from(hold)
          .where(eq(hold.walletId, walletId))
          .orderBy(hold.amount, hold.captured, hold.capturedTax, hold.state);
        return {
          row,
          holds: holds.map(({ amount, captured, capturedTax, state }) => [amount, captured, capturedTax, state]),
          legs: legs.map(({ posting: leg, kind, description }) => [
            ...[leg.position, kind, description, leg.account, leg.amount, leg.balanceBefore, leg.balanceAfter],
          ]),
        };
      }),
    );
  });

const wishes = fc.array(
  fc.record({
    wallet: fc.nat(1),
    amount: fc.bigInt({ min: 0n, max: 90n }),
    /** Hundredths of the hold that are taken, and of that the tax: never all. */
    part: fc.integer({ min: 0, max: 100 }),
    tax: fc.integer({ min: 0, max: 90 }),
    isReleased: fc.boolean(),
    isRepeated: fc.boolean(),
  }),
  { minLength: 1, maxLength: 10 },
);
type Wishes = typeof wishes extends fc.Arbitrary<infer All> ? All : never;

const holdsOf = (all: Wishes, wallets: readonly Paid[]): NewHold[] =>
  all.flatMap(({ wallet: nth, amount }, index) => {
    const paid = wallets[nth];
    const about = { description: `hold ${index}`, at: AT, orderId: index % 2 === 0 ? randomUUID() : null, vmId: null };
    return paid ? [{ ...paid, ...about, kind: "ORDER" as const, amount }] : [];
  });

const capturesOf = (all: Wishes, holdIds: readonly string[]): Capture[] =>
  all.flatMap(({ amount: held, part, tax, isReleased, isRepeated }, index) => {
    const amount = (held * BigInt(part)) / 100n;
    const about = { kind: "CAPTURE" as const, description: `capture ${index}`, at: AT };
    const taken = { ...about, amount, tax: (amount * BigInt(tax)) / 100n, holdId: holdIds[index] ?? "" };
    const capture = { ...taken, releaseAs: isReleased ? `rest ${index}` : null };
    return isRepeated ? [capture, { ...capture, amount: 0n, tax: 0n, releaseAs: "the rest" }] : [capture];
  });

it("holds and captures that are written together leave the books that they leave one by one", async () => {
  const property = fc.asyncProperty(wishes, async (all) => {
    const live = async (way: Way) => {
      const wallets = await paidWallets();
      const holdIds = await way(holdsOf(all, wallets), placeHolds);
      const settled = await way(capturesOf(all, holdIds), captureHolds);
      return { settled, books: await booksOf(wallets) };
    };
    expect(await live(together)).toEqual(await live(oneByOne));
  });
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
});

it("of holds that are more than there is, together none is placed", async () => {
  const wallets = await paidWallets();
  const [paid] = wallets;
  if (!paid) throw new Error("no wallet");
  const about = { ...paid, kind: "ORDER" as const, orderId: null, vmId: null, description: "hold", at: AT };
  const before = await booksOf(wallets);
  const both = [FUNDS, 1n].map((amount) => ({ ...about, amount }));
  await expect(together(both, placeHolds)).rejects.toMatchObject({ code: "INSUFFICIENT_FUNDS" });
  expect(await booksOf(wallets)).toEqual(before);
});
