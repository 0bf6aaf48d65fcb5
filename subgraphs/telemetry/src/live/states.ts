import { Repeater } from "@repeaterjs/repeater";
import { type Caller, InvalidInputFault, type SubgraphKit } from "@tollgate/kit";
import { and, eq, gt, inArray, isNotNull, max, sql } from "drizzle-orm";
import { STATES_TOPIC, type StateChange } from "../machines/states.js";
import { outbox } from "../tables.js";
import type { LiveHub, Watcher } from "./hub.js";
import { type LiveScope, liveScope, type Wanted } from "./scope.js";

const PAGE = 200;

/** A change of a machine's state; `cursor` is what a client resumes from. */
export interface StreamedStateChange extends StateChange {
  cursor: string;
}

/** @throws InvalidInputFault for a cursor that is none of this stream. */
const requireCursor = (after: string | null | undefined): bigint | null => {
  if (after === null || after === undefined) return null;
  if (!/^\d{1,18}$/.test(after))
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this stream.");
  return BigInt(after);
};

/** The end of the stream at this moment. */
const endOfStream = (kit: SubgraphKit): Promise<bigint> =>
  kit.database.system("vm-states", async (tx) => {
    const [row] = await tx.db
      .select({ last: max(outbox.streamSeq) })
      .from(outbox)
      .where(and(eq(outbox.topic, STATES_TOPIC), isNotNull(outbox.streamSeq)));
    return row?.last ?? 0n;
  });

/** Changes after a position, of what the scope holds now; the queue of events is read as the system. */
const changesAfter = (kit: SubgraphKit, { organisationIds, vmIds }: LiveScope, after: bigint) =>
  kit.database.system("vm-states", (tx) =>
    tx.db
      .select({ position: outbox.streamSeq, payload: outbox.payload })
      .from(outbox)
      .where(
        and(
          eq(outbox.topic, STATES_TOPIC),
          gt(outbox.streamSeq, after),
          sql`${outbox.organisationId} = any(${sql.param([...organisationIds])}::uuid[])`,
          vmIds ? inArray(outbox.aggregateId, [...vmIds]) : undefined,
        ),
      )
      .orderBy(outbox.streamSeq)
      .limit(PAGE),
  );

/**
 * Every change of state of what is wanted, each once and in order, none dropped: a reader that is slow or comes back
 * with a cursor is served from the queue of events at its own pace. One topic serves all estates; what a stream may show
 * is looked up in the caller's own transaction at each page that it reads, so that it ends when access is taken away.
 */
export const watchStates = async (
  kit: SubgraphKit,
  hub: LiveHub,
  caller: Caller,
  wanted: Wanted,
  after: string | null | undefined,
): Promise<AsyncIterableIterator<StreamedStateChange>> => {
  const cursor = requireCursor(after);
  await liveScope(kit.database, caller, wanted);
  const start = cursor ?? (await endOfStream(kit));
  return new Repeater<StreamedStateChange>(async (push, stop) => {
    let position = start;
    let news = Promise.withResolvers<void>();
    const wake = () => news.resolve();
    const events = kit.streams.subscribe(STATES_TOPIC, null);
    const listening = (async () => {
      for await (const _ of events) wake();
    })().catch(stop);
    // Woken by the tree as well: then the scope is looked up anew.
    const watcher: Watcher = { recheck: async () => wake(), tell: () => undefined, end: () => stop() };
    let isOver = false;
    void stop.then(() => {
      isOver = true;
      wake();
    });
    try {
      await hub.watch(watcher);
      while (!isOver) {
        news = Promise.withResolvers<void>();
        const scope = await liveScope(kit.database, caller, wanted);
        const rows = await changesAfter(kit, scope, position);
        for (const { position: next, payload } of rows) {
          if (isOver || next === null) break;
          position = next;
          // Written by `changeState` and `createMachines` alone.
          await push({ ...(payload as StateChange), cursor: next.toString() });
        }
        if (rows.length < PAGE && !isOver) await news.promise;
      }
    } finally {
      hub.leave(watcher);
      await events.return?.();
      await listening;
    }
  });
};
