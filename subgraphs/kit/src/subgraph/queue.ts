import { maskSecrets } from "../audit/audit.js";
import type { Tx } from "../database/database.js";
import { NotFoundFault } from "../faults/fault.js";
import { type Connection, connectionOf, decodeCursor, type PageArguments, pageSize } from "../paging/connection.js";
import { revive } from "../protocol/codec.js";

export interface QueueState {
  /** Events that wait for delivery, parked ones and those behind them left out. */
  pending: number;
  oldestPendingSeconds: number;
  /** Aggregates that wait behind an event that was given up. */
  parked: number;
}

export interface ParkedEvent {
  id: string;
  kind: "EVENT";
  name: string;
  organisationId: string | null;
  attempts: number;
  error: string;
  payload: unknown;
  failedAt: Date;
}

export const queueState = async (tx: Tx): Promise<QueueState> => {
  const [row] = await tx.sql<{ pending: bigint; seconds: bigint; parked: bigint }[]>`
    select count(*) filter (where parked_at is null) as pending,
      coalesce(extract(epoch from now() - min(occurred_at) filter (where parked_at is null)), 0)::bigint as seconds,
      count(distinct aggregate_id) filter (where parked_at is not null) as parked
      from outbox where delivered_at is null`;
  return {
    pending: Number(row?.pending ?? 0),
    oldestPendingSeconds: Number(row?.seconds ?? 0),
    parked: Number(row?.parked ?? 0),
  };
};

/** Events that were given up, newest first. */
export const parkedEvents = async (tx: Tx, page: PageArguments): Promise<Connection<ParkedEvent>> => {
  const after = decodeCursor(page.after, 1);
  const rows = await tx.sql<
    {
      id: string;
      type: string;
      organisation_id: string | null;
      attempts: number;
      error: string | null;
      payload: unknown;
      parked_at: string;
    }[]
  >`select id, type, organisation_id, attempts, error, payload, parked_at from outbox
     where parked_at is not null and delivered_at is null and (${after === null} or id < ${String(after?.[0] ?? "ffffffff-ffff-ffff-ffff-ffffffffffff")})
     order by id desc limit ${pageSize(page) + 1}`;
  const events = rows.map(
    (row): ParkedEvent => ({
      id: row.id,
      kind: "EVENT",
      name: row.type,
      organisationId: row.organisation_id,
      attempts: row.attempts,
      error: row.error ?? "",
      payload: maskSecrets(revive(row.payload)),
      failedAt: new Date(row.parked_at),
    }),
  );
  return connectionOf(events, page, (event) => [event.id]);
};

/**
 * Puts events that were given up back into the queue, all or none.
 * @returns how many.
 * @throws NotFoundFault when one of them is not parked.
 */
export const replayParked = async (tx: Tx, ids: readonly string[]): Promise<number> => {
  const rows = await tx.sql<{ id: string }[]>`
    update outbox set parked_at = null, attempts = 0, next_attempt_at = now()
     where id = any(${[...new Set(ids)]}::uuid[]) and parked_at is not null and delivered_at is null returning id`;
  const found = new Set(rows.map((row) => row.id));
  const missing = ids.find((id) => !found.has(id));
  if (missing) throw new NotFoundFault("dead letter", missing);
  return found.size;
};
