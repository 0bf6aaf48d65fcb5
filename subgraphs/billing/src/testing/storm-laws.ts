import type { TestSubgraph } from "@tollgate/kit/testing";
import { inArray } from "drizzle-orm";
import fc from "fast-check";
import { expect } from "vitest";
import { wallet } from "../ledger/ledger.schema.js";
import { brokenLaws, system } from "./arrange.js";
import { Storm, type Wish, wishes } from "./storm.js";

const CREDIT = 3_000n;

export interface StormSize {
  runs: number;
  wishes: number;
  writers: number;
  /** Answers between two connections that are killed. */
  killEvery: number;
}

/** Writes an entry for what it takes and one for what it gives back; a hundredth of next to nothing is neither. */
const isCapture = ({ kind }: Wish): boolean => kind === "PARTIAL" || kind === "CAPTURE";

/** Every wish is there exactly as often as its answer says. @returns how many answers were lost at first. */
const proveAnswers = async (storm: Storm): Promise<number> => {
  const written = await storm.entries();
  let lost = 0;
  for (const [key, { wish, first, last }] of storm.outcomes) {
    const entries = written.get(key) ?? 0;
    const what = `${wish.kind} answered ${first}, then ${last}: ${entries} entries`;
    expect(last, what).not.toBe("LOST");
    if (first === "DONE" || first === "NOTHING") expect(last, what).toBe(first);
    if (last !== "DONE") expect(entries, what).toBe(0);
    else if (isCapture(wish)) expect(entries, what).toBeLessThanOrEqual(2);
    else expect(entries, what).toBe(1);
    if (first === "LOST") lost += 1;
  }
  return lost;
};

const proveBooks = async (billing: TestSubgraph, storm: Storm): Promise<void> => {
  await system(billing.subgraph, async (tx) => {
    expect(await brokenLaws(tx)).toEqual([]);
    const ids = storm.wallets.map(({ walletId }) => walletId);
    const rows = await tx.db.select().from(wallet).where(inArray(wallet.id, ids));
    for (const row of rows) expect(row.posted - row.held).toBeGreaterThanOrEqual(-row.creditLimit);
    // What one leg adds another takes: over all books of all wallets nothing came from nowhere.
    const all = rows.flatMap((row) => [row.posted, row.receivable, row.revenue, row.providerClearing, row.tax]);
    const others = rows.flatMap((row) => [row.promotions, row.writeOff]);
    expect([...all, ...others].reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
    const [lowest] = await tx.sql<{ balance: bigint | null }[]>`
      select min(balance_after) as balance from posting
       where wallet_id = any(${ids.slice(0, -1)}::uuid[]) and account in ('WALLET', 'HOLDS')`;
    expect(lowest?.balance ?? 0n).toBeGreaterThanOrEqual(0n);
  });
};

/** Random operations by many writers over hot and cold wallets, connections killed at random. */
export const proveStorms = async (billing: TestSubgraph, size: StormSize): Promise<void> => {
  const seen = { lost: 0, kills: 0, done: 0, refused: 0 };
  const property = fc.asyncProperty(wishes(size.wishes), async (all) => {
    const storm = await Storm.over(billing, CREDIT);
    try {
      await storm.rage(all, size.writers, size.killEvery);
      await storm.askAgain();
      seen.lost += await proveAnswers(storm);
      seen.kills += storm.kills;
      const lasts = [...storm.outcomes.values()].map(({ last }) => last);
      seen.done += lasts.filter((last) => last === "DONE").length;
      seen.refused += lasts.filter((last) => last === "REFUSED").length;
      await proveBooks(billing, storm);
    } finally {
      await storm.end();
    }
  });
  await fc.assert(property, { numRuns: size.runs, endOnFailure: true });
  // It was a storm: something of everything happened.
  for (const [name, count] of Object.entries(seen)) expect(count, name).toBeGreaterThan(0);
};
