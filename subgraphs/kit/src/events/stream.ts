import { Repeater } from "@repeaterjs/repeater";
import type { Database } from "../database/database.js";
import { InvalidInputFault } from "../faults/fault.js";
import type { Logger } from "../process/logger.js";
import { Loop } from "../process/loop.js";
import { revive } from "../protocol/codec.js";

const POLL_MILLISECONDS = 500;
const BATCH = 500;
/** Events that wait in memory for one slow subscriber; beyond them it is served from the table again. */
const BACKLOG = 1_000;

/** One event of a live topic. `cursor` is what a client resumes from. */
export interface StreamedEvent {
  cursor: string;
  type: string;
  payload: unknown;
  occurredAt: Date;
}

interface StreamRow {
  stream_seq: bigint;
  topic: string;
  type: string;
  payload: unknown;
  occurred_at: string;
}

type Listener = (row: StreamRow) => void;

/** Rows on their way to one subscriber, bounded. Once it is full, what comes is left to be read from the table. */
class LiveQueue {
  ended = false;
  private readonly rows: StreamRow[] = [];
  private overflown = false;
  private wake: (() => void) | null = null;

  add(row: StreamRow): void {
    if (this.rows.length < BACKLOG && !this.overflown) this.rows.push(row);
    else this.overflown = true;
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  /** The next row, "behind" when some were left out after the last one, null when it has ended. */
  async take(): Promise<StreamRow | "behind" | null> {
    while (!this.ended) {
      const row = this.rows.shift();
      if (row) return row;
      if (this.overflown) {
        this.overflown = false;
        return "behind";
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    return null;
  }
}

/**
 * Live topics that never drop: whoever subscribes with a cursor gets what was missed, then what comes, each once and in
 * order. The source is the outbox in the order that the relay gave it, so all processes see the same.
 */
export class LiveStreams {
  private readonly loop: Loop;
  private readonly listeners = new Map<string, Set<Listener>>();
  private last: bigint | null = null;

  constructor(
    private readonly database: Database,
    logger: Logger,
  ) {
    this.loop = new Loop("streams", POLL_MILLISECONDS, () => this.turn(), logger);
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /**
   * Events of a topic after `cursor`, or from now on.
   * @throws InvalidInputFault for a cursor that is none of ours.
   */
  subscribe(topic: string, cursor: string | null): AsyncIterableIterator<StreamedEvent> {
    if (cursor !== null && !/^\d{1,18}$/.test(cursor)) {
      throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this stream.");
    }
    return new Repeater<StreamedEvent>(async (push, stop) => {
      const queue = new LiveQueue();
      const listener: Listener = (row) => queue.add(row);
      void stop.then(() => queue.end());
      this.listen(topic, listener);
      try {
        let seen = cursor === null ? null : BigInt(cursor);
        let behind = seen !== null;
        while (!queue.ended) {
          if (behind && seen !== null) {
            for await (const row of this.missed(topic, seen)) {
              if (queue.ended) return;
              await push(streamed(row));
              seen = row.stream_seq;
            }
            behind = false;
          }
          const row = await queue.take();
          if (row === "behind") behind = true;
          else if (row && (seen === null || row.stream_seq > seen)) {
            await push(streamed(row));
            seen = row.stream_seq;
          }
        }
      } finally {
        this.unlisten(topic, listener);
      }
    });
  }

  /** What a topic brought after a cursor, page by page. */
  private async *missed(topic: string, after: bigint): AsyncGenerator<StreamRow> {
    for (let last = after; ; ) {
      const rows = await this.database.system(
        "stream",
        (tx) => tx.sql<StreamRow[]>`
        select stream_seq, topic, type, payload, occurred_at from outbox
         where topic = ${topic} and stream_seq > ${last} order by stream_seq limit ${BATCH}`,
      );
      yield* rows;
      last = rows.at(-1)?.stream_seq ?? last;
      if (rows.length < BATCH) return;
    }
  }

  private async turn(): Promise<boolean> {
    if (this.last === null) {
      const [row] = await this.database.system(
        "stream",
        (tx) => tx.sql<{ last: bigint | null }[]>`select max(stream_seq) as last from outbox`,
      );
      this.last = row?.last ?? 0n;
      return false;
    }
    const after = this.last;
    const rows = await this.database.system(
      "stream",
      (tx) => tx.sql<StreamRow[]>`
        select stream_seq, topic, type, payload, occurred_at from outbox
         where stream_seq > ${after} order by stream_seq limit ${BATCH}`,
    );
    for (const row of rows) {
      this.last = row.stream_seq;
      for (const listener of this.listeners.get(row.topic) ?? []) listener(row);
    }
    return rows.length === BATCH;
  }

  private listen(topic: string, listener: Listener): void {
    const known = this.listeners.get(topic);
    if (known) known.add(listener);
    else this.listeners.set(topic, new Set([listener]));
  }

  private unlisten(topic: string, listener: Listener): void {
    const known = this.listeners.get(topic);
    known?.delete(listener);
    if (known?.size === 0) this.listeners.delete(topic);
  }
}

const streamed = (row: StreamRow): StreamedEvent => ({
  cursor: row.stream_seq.toString(),
  type: row.type,
  payload: revive(row.payload),
  occurredAt: new Date(row.occurred_at),
});
