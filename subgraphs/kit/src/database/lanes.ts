import { AsyncLocalStorage } from "node:async_hooks";
import type { TransactionSql } from "postgres";
import { isDatabaseAway } from "../faults/database-errors.js";

type Sql = TransactionSql<{ bigint: bigint }>;

/** Work that can run in a transaction of its own or, after a savepoint, in one with others. */
export interface LanedWork<Result> {
  alone: () => Promise<Result>;
  within: (sql: Sql) => Promise<Result>;
}

interface Waiting {
  alone: () => Promise<unknown>;
  within: (sql: Sql) => Promise<unknown>;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

type Outcome = { value: unknown } | { error: unknown };

/** Savepoints of one transaction; those who wait longer go into the next. */
const MOST_TOGETHER = 32;
/** Of SQLSTATE: a deadlock, and a serialisation failure. Locks of those before it may have had their part in it. */
const WORTH_ANOTHER_TRY = ["40P01", "40001"];

const settled = async (work: Promise<unknown>): Promise<Outcome> => {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
};

const isWorthAnotherTry = (error: unknown): boolean =>
  error instanceof Error && "code" in error && WORTH_ANOTHER_TRY.some((code) => code === error.code);

/**
 * For writers that all wait for the same row. Who comes while nobody is under way in the lane goes at once and alone;
 * those who come meanwhile go together in the next transaction, one after the other, each behind a savepoint: one
 * commit, one lock and one connection for all of them, and each has an outcome of its own. An answer is given after the
 * commit alone. Where the transaction as a whole was refused, which undid everything, each goes alone after all.
 */
export class Lanes {
  private readonly lanes = new Map<string, Waiting[]>();

  constructor(private readonly begin: (work: (sql: Sql) => Promise<{ outcomes: Outcome[] }>) => Promise<unknown>) {}

  /** @returns what `work` gave, once it is committed. */
  pass<Result>(lane: string, { alone, within }: LanedWork<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const inContext = AsyncLocalStorage.snapshot();
    const waiting: Waiting = {
      alone: () => inContext(alone),
      within: (sql) => inContext(() => within(sql)),
      resolve,
      reject,
    };
    const others = this.lanes.get(lane);
    if (others) others.push(waiting);
    else {
      const own = [waiting];
      this.lanes.set(lane, own);
      void this.drain(lane, own);
    }
    return promise;
  }

  private async drain(lane: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const next = queue.splice(0, MOST_TOGETHER);
      if (next.length === 1) await this.eachAlone(next);
      else await this.together(next);
    }
    this.lanes.delete(lane);
  }

  private async eachAlone(those: readonly Waiting[]): Promise<void> {
    for (const one of those) answer(one, await settled(one.alone()));
  }

  private async together(those: readonly Waiting[]): Promise<void> {
    const whole = await settled(this.begin(async (sql) => ({ outcomes: await oneByOne(sql, those) })));
    if ("error" in whole) {
      // Whether it was committed is not known where the connection was lost: asking again is for who holds a key.
      if (isDatabaseAway(whole.error)) for (const one of those) answer(one, whole);
      else await this.eachAlone(those);
      return;
    }
    const { outcomes } = whole.value as { outcomes: Outcome[] }; // as the work above gave it
    for (const [index, one] of those.entries()) {
      const outcome = outcomes[index];
      if (!outcome || ("error" in outcome && isWorthAnotherTry(outcome.error))) await this.eachAlone([one]);
      else answer(one, outcome);
    }
  }
}

const answer = ({ resolve, reject }: Waiting, outcome: Outcome): void => {
  if ("error" in outcome) reject(outcome.error);
  else resolve(outcome.value as never); // what the work of this very caller gave
};

/** Each behind a savepoint, which is given up as soon as it is over: what failed left nothing. */
const oneByOne = async (sql: Sql, those: readonly Waiting[]): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const one of those) {
    const outcome = await settled(sql.savepoint((inner) => one.within(inner)));
    if ("error" in outcome && isDatabaseAway(outcome.error)) throw outcome.error;
    outcomes.push(outcome);
  }
  return outcomes;
};
