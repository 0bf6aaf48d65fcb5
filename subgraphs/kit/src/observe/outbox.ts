import { meters } from "./meters.js";

interface Backlog {
  pending: number;
  oldestPendingSeconds: number;
  parked: number;
}

/** One look for all that a scrape wants to know of it. */
const FRESH_MILLISECONDS = 500;

/**
 * Tells how much waits in a subgraph's outbox, whenever somebody scrapes.
 * @returns how to stop
 */
export const watchOutbox = (subgraph: string, look: () => Promise<Backlog>): (() => void) => {
  let last: { at: number; seen: Promise<Backlog> } | null = null;
  const backlog = (): Promise<Backlog> => {
    if (!last || performance.now() - last.at > FRESH_MILLISECONDS) last = { at: performance.now(), seen: look() };
    return last.seen;
  };
  const stops = [
    meters.outboxPending.watch({ subgraph }, async () => (await backlog()).pending),
    meters.outboxOldest.watch({ subgraph }, async () => (await backlog()).oldestPendingSeconds),
    meters.outboxParked.watch({ subgraph }, async () => (await backlog()).parked),
  ];
  return () => {
    for (const stop of stops) stop();
  };
};
