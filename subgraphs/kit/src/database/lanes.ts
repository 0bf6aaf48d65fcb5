import { AsyncLocalStorage } from "node:async_hooks";
import type { TransactionSql } from "postgres";
import { isDatabaseAway } from "../faults/database-errors.js";

type Sql = TransactionSql<{ bigint: bigint }>;
type Work = (sql: Sql, begun: Promise<unknown>) => Promise<{ outcomes: Outcome[] }>;

/** Work that can run in a transaction of its own or, after a savepoint, in one with others. */
export interface LanedWork<Result> {
  alone: () => Promise<Result>;
  within: (sql: Sql, begun: Promise<unknown>) => Promise<Result>;
}

/** A wish that can be fulfilled alone or, by one set of statements, with all others of its party. */
export interface LanedWish<Result> {
  alone: () => Promise<Result>;
  /** Those who want the same kind of thing and see the same: equal for who can go together. */
  party: string;
  wish: unknown;
  /** @returns for each wish of the party its outcome, in their order; where it throws, each goes alone. */
  jointly: (sql: Sql, begun: Promise<unknown>, wishes: readonly unknown[]) => Promise<readonly Outcome[]>;
}

type Waiting = (LanedWork<unknown> | LanedWish<unknown>) & {
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
};

export type Outcome = { value: unknown } | { error: unknown };

/** Savepoints of one transaction; those who wait longer go into the next. */
const MOST_TOGETHER = 32;
/** Wishes of one set of statements, which has no savepoints: bounded memory, and locks held for a moment only. */
const MOST_JOINTLY = 256;
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
 * commit, one lock and one connection for all of them, and each has an outcome of its own. Wishes of one party are
 * fulfilled by one set of statements instead, without savepoints. An answer is given after the commit alone. Where the
 * transaction as a whole was refused, which undid everything, each goes alone after all.
 */
export class Lanes {
  private readonly lanes = new Map<string, Waiting[]>();

  /** @param begin hands the work a transaction when BEGIN was sent, and the promise of its answer. */
  constructor(private readonly begin: (work: Work) => Promise<unknown>) {}

  /** @returns what the work gave, or the wish, once it is committed. */
  pass<Result>(lane: string, work: LanedWork<Result> | LanedWish<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const inContext = AsyncLocalStorage.snapshot();
    const alone = () => inContext(work.alone);
    const ends = { resolve, reject };
    const waiting: Waiting =
      "party" in work
        ? { ...work, alone, ...ends, jointly: (...given) => inContext(() => work.jointly(...given)) }
        : { ...ends, alone, within: (...given) => inContext(() => work.within(...given)) };
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
      const next = taken(queue);
      if (next.length === 1) await this.eachAlone(next);
      else await this.together(next);
    }
    this.lanes.delete(lane);
  }

  private async eachAlone(those: readonly Waiting[]): Promise<void> {
    for (const one of those) answer(one, await settled(one.alone()));
  }

  private async together(those: readonly Waiting[]): Promise<void> {
    const whole = await settled(this.begin(async (sql, begun) => ({ outcomes: await outcomesOf(sql, begun, those) })));
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

/** Who goes next: the first, and with him his party, or others who have none either. Takes them from the queue. */
const taken = (queue: Waiting[]): Waiting[] => {
  const [first] = queue;
  const party = first && partyOf(first);
  const most = party === undefined ? MOST_TOGETHER : MOST_JOINTLY;
  const next = queue.filter((one) => partyOf(one) === party).slice(0, most);
  const gone = new Set(next);
  queue.splice(0, queue.length, ...queue.filter((one) => !gone.has(one)));
  return next;
};

const partyOf = (one: Waiting): string | undefined => ("party" in one ? one.party : undefined);

const answer = ({ resolve, reject }: Waiting, outcome: Outcome): void => {
  if ("error" in outcome) reject(outcome.error);
  else resolve(outcome.value as never); // what the work of this very caller gave
};

const outcomesOf = async (sql: Sql, begun: Promise<unknown>, those: readonly Waiting[]): Promise<Outcome[]> => {
  const works = those.filter((one) => "within" in one);
  if (works.length > 0) return oneByOne(sql, begun, works);
  const wishes = those.filter((one) => "wish" in one);
  const outcomes = await wishes[0]?.jointly(
    sql,
    begun,
    wishes.map(({ wish }) => wish),
  );
  return [...(outcomes ?? [])];
};

/** Each behind a savepoint, which is given up as soon as it is over: what failed left nothing. */
const oneByOne = async (
  sql: Sql,
  begun: Promise<unknown>,
  those: readonly LanedWork<unknown>[],
): Promise<Outcome[]> => {
  await begun;
  const outcomes: Outcome[] = [];
  for (const one of those) {
    const outcome = await settled(sql.savepoint((inner) => one.within(inner, begun)));
    if ("error" in outcome && isDatabaseAway(outcome.error)) throw outcome.error;
    outcomes.push(outcome);
  }
  return outcomes;
};
