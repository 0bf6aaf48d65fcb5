import type { Database, Tx } from "../database/database.js";
import { meters } from "../observe/meters.js";
import { inSpan } from "../observe/tracing.js";
import type { DeliveredEvent, EventSink } from "../protocol/event.js";

/** The effect of one event, in a transaction that sees the whole tree. It may run only once per event. */
export type EventHandler = (tx: Tx, event: DeliveredEvent) => Promise<void>;

/** A subgraph's inbox: an event's id is noted in the transaction of its effect, so that a repetition does nothing. */
export class Inbox implements EventSink {
  constructor(
    readonly name: string,
    private readonly database: Database,
    private readonly handlers: ReadonlyMap<string, readonly EventHandler[]>,
    /** Told after each commit, to wake what waits for new work. */
    private readonly committed: (event: DeliveredEvent) => void,
  ) {}

  get types(): readonly string[] {
    return [...this.handlers.keys()];
  }

  accepts(type: string): boolean {
    return this.handlers.has(type);
  }

  async receive(event: DeliveredEvent): Promise<void> {
    let outcome = "failed";
    try {
      const attributes = { "tollgate.subgraph": this.name };
      const isNew = await inSpan(`event ${event.type}`, { attributes, kind: "consumer", linkedTo: null }, () =>
        this.take(event),
      );
      outcome = isNew ? "handled" : "repeated";
    } finally {
      meters.inbox.inc({ subgraph: this.name, outcome });
    }
    this.committed(event);
  }

  /** @returns whether it had not come before. */
  private async take(event: DeliveredEvent): Promise<boolean> {
    const handlers = this.handlers.get(event.type) ?? [];
    return await this.database.system(`event ${event.type}`, async (tx) => {
      const [news] = await tx.sql`
        insert into inbox (event_id, type) values (${event.id}, ${event.type}) on conflict do nothing returning 1`;
      if (!news) return false;
      for (const handle of handlers) await handle(tx, event);
      return true;
    });
  }
}
