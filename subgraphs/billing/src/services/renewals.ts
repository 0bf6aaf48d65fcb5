import type { Database, Tx } from "@tollgate/kit";
import { and, asc, isNull, lte } from "drizzle-orm";
import { lockDue, renewTogether } from "./renewing.js";
import { serviceSubscription } from "./service.schema.js";

/** Subscriptions asked for at once, and renewed in one transaction where one wallet pays them. */
const BATCH = 500;
const TOGETHER = 100;

interface DueRow {
  id: string;
  walletId: string;
  dueAt: Date;
}

const nextDue = (tx: Tx, at: Date, most: number): Promise<DueRow[]> =>
  tx.db
    .select({
      id: serviceSubscription.id,
      walletId: serviceSubscription.walletId,
      dueAt: serviceSubscription.dueAt,
    })
    .from(serviceSubscription)
    .where(and(isNull(serviceSubscription.endedAt), lte(serviceSubscription.dueAt, at)))
    .orderBy(asc(serviceSubscription.dueAt), asc(serviceSubscription.id))
    .limit(most);

const inPortions = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / TOGETHER) }, (_, index) =>
    ids.slice(index * TOGETHER, (index + 1) * TOGETHER),
  );

/**
 * Renews everything that is due, whatever was missed; doing it again, or elsewhere at the same time, changes nothing. What
 * one wallet pays is done in one transaction; where that fails, each by itself, so that one failure stops no other.
 * @returns the failures, by service subscription.
 */
export const renewDue = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const failures = new Map<string, unknown>();
  const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.system("renew-services", work);
  /** @returns how many it found, neither renewed nor being renewed by somebody else. */
  const renewAll = (ids: readonly string[]): Promise<number> =>
    system(async (tx) => {
      const rows = await lockDue(tx, ids, at);
      await renewTogether(tx, rows, at);
      return rows.length;
    });
  const renewSafely = async (ids: readonly string[]): Promise<number> => {
    try {
      return await renewAll(ids);
    } catch (error) {
      const [only, ...others] = ids;
      if (only === undefined) return 0;
      if (others.length === 0) {
        failures.set(only, error);
        return 0;
      }
      let renewed = 0;
      for (const id of ids) renewed += await renewSafely([id]);
      return renewed;
    }
  };
  for (;;) {
    const due = (await system((tx) => nextDue(tx, at, BATCH + failures.size))).filter(({ id }) => !failures.has(id));
    let renewed = 0;
    for (const [, rows] of Map.groupBy(due, ({ walletId }) => walletId)) {
      for (const ids of inPortions(rows.map(({ id }) => id))) renewed += await renewSafely(ids);
    }
    // What somebody else is renewing at this moment is left to him.
    if (renewed === 0) return failures;
  }
};
