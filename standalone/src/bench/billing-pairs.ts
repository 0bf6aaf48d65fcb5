// Holds and captures of one kind, written in different ways.
import { captureHold, captureHolds, placeHold, placeHolds } from "@tollgate/billing";
import { callerOf, type Database, newEventId, type Together } from "@tollgate/kit";
import { requestCaller } from "@tollgate/kit/testing";
import type postgres from "postgres";

const SECONDS = 1;
const ROUNDS = 12;
const AMOUNT = 100n;

export interface PaidWallet {
  organisationId: string;
  walletId: string;
}

/** Holds money of a wallet, then takes all of it. */
export type Pair = (wallet: PaidWallet) => Promise<unknown>;

const callers = new Map<string, ReturnType<typeof callerOf>>();

const callerFrom = (org: string): ReturnType<typeof callerOf> => {
  const known = callers.get(org) ?? callerOf(requestCaller({ org }, { deadline: Date.now() + 3_600_000 }));
  callers.set(org, known);
  return known;
};

const holdOn = (wallet: PaidWallet) => ({
  ...{ ...wallet, kind: "ORDER" as const, amount: AMOUNT, orderId: null, vmId: null },
  ...{ description: "", at: new Date() },
});

const captureOf = (holdId: string) => ({
  ...{ holdId, amount: AMOUNT, kind: "CAPTURE" as const, description: "", releaseAs: "", at: new Date() },
});

/** As an order does: held by a person of the organisation, taken by the effect of an event. */
export const throughTheDomain =
  (database: Database): Pair =>
  async (wallet) => {
    const holdId = await database.write(callerFrom(wallet.organisationId), (tx) => placeHold(tx, holdOn(wallet)));
    await database.system("bench", (tx) => captureHold(tx, captureOf(holdId)));
  };

/** Both by people. @param laned whether those who wait for a wallet share transactions. */
export const byPeople =
  (database: Database, laned: boolean): Pair =>
  async (wallet) => {
    const caller = callerFrom(wallet.organisationId);
    const lane = laned ? wallet.walletId : undefined;
    const holdId = await database.write(caller, (tx) => placeHold(tx, holdOn(wallet)), lane);
    await database.write(caller, (tx) => captureHold(tx, captureOf(holdId)), lane);
  };

const holdAll: Together<ReturnType<typeof holdOn>, string> = (tx, asked) =>
  placeHolds(
    tx,
    asked.map(({ wish }) => wish),
  );

const captureAll: Together<ReturnType<typeof captureOf>, boolean> = (tx, asked) =>
  captureHolds(
    tx,
    asked.map(({ wish }) => wish),
  );

/** Both by people, whose wishes are fulfilled together where they come together. */
export const byPeopleTogether =
  (database: Database): Pair =>
  async (wallet) => {
    const caller = callerFrom(wallet.organisationId);
    const holdId = await database.writeTogether(caller, wallet.walletId, holdAll, holdOn(wallet));
    await database.writeTogether(caller, wallet.walletId, captureAll, captureOf(holdId));
  };

/** The same two functions, each a statement and a transaction of its own. */
export const byFunctions =
  (sql: postgres.Sql): Pair =>
  async ({ organisationId, walletId }) => {
    const holdId = newEventId();
    const at = new Date().toISOString();
    await sql`select place_hold(${holdId}, ${newEventId()}, ${organisationId}, ${walletId}, 'ORDER',
      ${AMOUNT.toString()}, null, null, '', ${at})`;
    await sql`select settle_hold(${holdId}, ${newEventId()}, ${newEventId()}, ${AMOUNT.toString()}, 'CAPTURE', '', '',
      ${at})`;
  };

/** One entry of two legs by plain statements; the wallet's row is locked first. */
const postPlainly = async (
  sql: postgres.TransactionSql,
  { organisationId, walletId }: PaidWallet,
  kind: "HOLD" | "CAPTURE",
): Promise<void> => {
  const entryId = newEventId();
  const amount = AMOUNT.toString();
  const to = kind === "HOLD" ? "HOLDS" : "REVENUE";
  const from = kind === "HOLD" ? "WALLET" : "HOLDS";
  const [row] = await sql<{ postings: string; posted: string; held: string; revenue: string }[]>`
    select postings, posted, held, revenue from wallet where id = ${walletId} for update`;
  if (!row) throw new Error("no wallet");
  const before = { HOLDS: row.held, REVENUE: row.revenue, WALLET: `${BigInt(row.posted) - BigInt(row.held)}` };
  const after = { from: `${BigInt(before[from]) - AMOUNT}`, to: `${BigInt(before[to]) + AMOUNT}` };
  await sql`insert into entry (id, organisation_id, kind, description, event_at)
    values (${entryId}, ${organisationId}, ${kind}, '', ${new Date().toISOString()})`;
  if (kind === "HOLD") {
    await sql`update wallet set held = held + ${amount}, postings = postings + 2 where id = ${walletId}`;
  } else {
    await sql`update wallet set posted = posted - ${amount}, held = held - ${amount}, revenue = revenue + ${amount},
      postings = postings + 2 where id = ${walletId}`;
  }
  await sql`insert into posting (organisation_id, entry_organisation_id, entry_id, wallet_id, position, currency, account,
      amount, balance_before, balance_after)
    values (${organisationId}, ${organisationId}, ${entryId}, ${walletId}, ${row.postings}::bigint + 1, 'ZAR', ${from},
        -${amount}::bigint, ${before[from]}, ${after.from}),
      (${organisationId}, ${organisationId}, ${entryId}, ${walletId}, ${row.postings}::bigint + 2, 'ZAR', ${to},
        ${amount}, ${before[to]}, ${after.to})`;
};

/** The same rows by plain statements in two transactions, as somebody without functions would write them. */
export const byStatements =
  (owner: postgres.Sql): Pair =>
  async (wallet) => {
    const holdId = newEventId();
    const { organisationId, walletId } = wallet;
    const at = new Date().toISOString();
    await owner.begin(async (sql) => {
      await postPlainly(sql, wallet, "HOLD");
      await sql`insert into hold (id, organisation_id, wallet_id, kind, amount, created_at)
        values (${holdId}, ${organisationId}, ${walletId}, 'ORDER', ${AMOUNT.toString()}, ${at})`;
    });
    await owner.begin(async (sql) => {
      await sql`select 1 from hold where id = ${holdId} and state = 'OPEN' for update`;
      await postPlainly(sql, wallet, "CAPTURE");
      await sql`update hold set captured = amount, state = 'CAPTURED', ended_at = ${at} where id = ${holdId}`;
    });
  };

/** Pairs, or whatever else it is, a second of some writers; each takes the next of the wallets in turn. */
const measure = async (pair: Pair, wallets: readonly PaidWallet[], writers: number): Promise<number> => {
  const started = performance.now();
  let [next, done] = [0, 0];
  const write = async () => {
    while (performance.now() - started < SECONDS * 1_000) {
      const wallet = wallets[next++ % wallets.length];
      if (wallet) await pair(wallet);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return done / ((performance.now() - started) / 1_000);
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** All ways in short turns, so that what else the machine does meets each. @returns rounds, the way it was by name. */
export const inTurns = async <Name extends string>(
  ways: Record<Name, Pair>,
  wallets: readonly PaidWallet[],
  writers: number,
  turns = ROUNDS,
): Promise<Record<Name, number>[]> => {
  const names = Object.keys(ways) as Name[]; // its own keys
  const rounds: Record<Name, number>[] = [];
  for (let round = 0; round <= turns; round += 1) {
    const pairs: [Name, number][] = [];
    for (const name of names) pairs.push([name, await measure(ways[name], wallets, writers)]);
    if (round > 0) rounds.push(Object.fromEntries(pairs) as Record<Name, number>); // the first warms up
  }
  return rounds;
};

/** The median of each way, and of its ratio to another in the same round. */
export const lineOf = <Name extends string>(
  rounds: readonly Record<Name, number>[],
  name: Name,
  base: Name,
  what = "pairs",
): string =>
  `${median(rounds.map((round) => round[name])).toFixed(0)} ${what}/s, × ${median(rounds.map((round) => round[name] / round[base])).toFixed(2)} of ${base}`;
