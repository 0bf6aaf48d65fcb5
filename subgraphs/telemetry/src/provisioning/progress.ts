import { Repeater, SlidingBuffer } from "@repeaterjs/repeater";
import { type Caller, callerWith, isId, NotFoundFault, type SubgraphKit, type Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import type { LiveHub, Watcher } from "../live/hub.js";
import { progressTopic } from "./provisioning.js";
import { type ProvisioningRow, provisioning } from "./provisioning.schema.js";

/** How long a stream waits for an order that was placed a moment ago and is not heard of yet. */
const PATIENCE_MILLISECONDS = 3_000;

/** By order; those outside the transaction's estate are left out. */
export const provisioningsByOrder = async (
  tx: Tx,
  orderIds: readonly string[],
): Promise<Map<string, ProvisioningRow>> => {
  const wanted = [...new Set(orderIds.filter(isId))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db.select().from(provisioning).where(inArray(provisioning.orderId, wanted));
  return new Map(rows.map((row) => [row.orderId, row]));
};

/** As the caller may see it now. */
const look = (kit: SubgraphKit, caller: Caller, orderId: string): Promise<ProvisioningRow | null> =>
  kit.database.read(callerWith(caller, { deadline: null }), async (tx) => {
    return (await provisioningsByOrder(tx, [orderId])).get(orderId) ?? null;
  });

const afterPatience = (stop: Promise<unknown>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PATIENCE_MILLISECONDS);
  void stop.then(() => clearTimeout(timer));
  return promise;
};

/**
 * How far an order is: at once, at every change the newest, and the end; then it completes. Each picture is read in a
 * transaction of the caller's, so that it ends with NOT_FOUND when the access is taken away.
 */
export const watchProgress = (
  kit: SubgraphKit,
  hub: LiveHub,
  caller: Caller,
  orderId: string,
): AsyncIterableIterator<ProvisioningRow> =>
  new Repeater<ProvisioningRow>(async (push, stop) => {
    if (!isId(orderId)) throw new NotFoundFault("order", orderId);
    const id = orderId.toLowerCase();
    let news = Promise.withResolvers<void>();
    const wake = () => news.resolve();
    const events = kit.streams.subscribe(progressTopic(id), null);
    const listening = (async () => {
      for await (const _ of events) wake();
    })().catch(stop);
    // Woken by the tree as well: the access may be gone.
    const watcher: Watcher = { recheck: async () => wake(), tell: () => undefined, end: () => stop() };
    let isOver = false;
    void stop.then(() => {
      isOver = true;
      wake();
    });
    let isOutOfPatience = false;
    void afterPatience(stop).then(() => {
      isOutOfPatience = true;
      wake();
    });
    let shown: ProvisioningRow | null = null;
    try {
      await hub.watch(watcher);
      while (!isOver) {
        news = Promise.withResolvers<void>();
        const row = await look(kit, caller, id);
        if (!row && (shown || isOutOfPatience)) throw new NotFoundFault("order", orderId);
        // Not awaited: the buffer holds the newest until it is read.
        if (row) push(row).then(undefined, stop);
        shown = row;
        if (row?.finishedAt) return;
        if (!isOver) await news.promise;
      }
    } finally {
      stop();
      hub.leave(watcher);
      await events.return?.();
      await listening;
    }
  }, new SlidingBuffer(1));
