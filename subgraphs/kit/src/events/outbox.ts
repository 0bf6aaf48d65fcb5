import { randomUUID } from "node:crypto";
import type { Tx } from "../database/database.js";
import { encode } from "../protocol/codec.js";
import type { EventPayloads } from "../protocol/events.js";

export interface NewEvent {
  /** Dotted: `organisation.suspended`. */
  type: string;
  /** What it happened to; events of one aggregate arrive in order. Null: it stands alone. */
  aggregateId: string | null;
  organisationId: string | null;
  payload: unknown;
  /** Given by the caller where something was sealed for it; else made. */
  id?: string;
  sealed?: Uint8Array | null;
  /** Live topic that it is streamed on as well. */
  topic?: string | null;
  occurredAt?: Date;
}

/** A UUIDv7, for an event whose id is needed before the database knows it. Its chance is that of a version 4. */
export const newEventId = (now = Date.now()): string => {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
};

/**
 * Writes an event into the outbox, in the transaction of the change that it tells of.
 * @returns its version within the aggregate.
 */
export const emit = async (tx: Tx, event: NewEvent): Promise<bigint> => {
  const [row] = await tx.sql<{ version: bigint }[]>`
    select emit(${event.id ?? newEventId()}, ${event.type}, ${event.aggregateId}, ${event.organisationId},
      ${encode(event.payload)}::jsonb, ${event.sealed ?? null}, ${event.topic ?? null},
      ${(event.occurredAt ?? new Date()).toISOString()}) as version`;
  if (!row) throw new Error("emit() gave no version");
  return row.version;
};

/** An event of the catalogue in `protocol/events.ts`, with the payload it must have. */
export const announce = <Type extends keyof EventPayloads>(
  tx: Tx,
  type: Type,
  event: Omit<NewEvent, "type" | "payload"> & { payload: EventPayloads[Type] },
): Promise<bigint> => emit(tx, { ...event, type });

/** Events of one kind about different aggregates, in one statement; in the order of the aggregates, so that nobody deadlocks. */
export const announceAll = async <Type extends keyof EventPayloads>(
  tx: Tx,
  type: Type,
  events: readonly { aggregateId: string; organisationId: string; payload: EventPayloads[Type] }[],
): Promise<void> => {
  if (events.length === 0) return;
  const sorted = events.toSorted((a, b) => (a.aggregateId < b.aggregateId ? -1 : 1));
  const column = (of: (event: (typeof sorted)[number]) => string) => sorted.map(of);
  await tx.sql`
    select emit(e.id, ${type}, e.aggregate_id, e.organisation_id, e.payload::jsonb, null, null, ${new Date().toISOString()})
      from unnest(${column(() => newEventId())}::uuid[], ${column((event) => event.aggregateId)}::uuid[],
        ${column((event) => event.organisationId)}::uuid[], ${column(({ payload }) => encode(payload))}::text[])
        as e(id, aggregate_id, organisation_id, payload)`;
};
