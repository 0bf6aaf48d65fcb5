import { systemCaller } from "../caller/caller.js";
import type { Database, Together, Tx } from "../database/database.js";
import { meters } from "../observe/meters.js";
import { inSpan } from "../observe/tracing.js";
import type { DeliveredEvent, EventSink } from "../protocol/event.js";

/** The effect of one event, in a transaction that sees the whole tree. It may run only once per event. */
export type EventHandler = (tx: Tx, event: DeliveredEvent) => Promise<void>;

/**
 * The effects of events of one type that come at the same moment, by one set of statements. Each is of an aggregate of its
 * own: the next of one is delivered only after the one before it was taken. Where it throws, all is undone, and each goes
 * alone.
 */
export interface EventsHandler {
  together: (tx: Tx, events: readonly DeliveredEvent[]) => Promise<void>;
}

type Take = (event: DeliveredEvent) => Promise<boolean>;

/** A subgraph's inbox: an event's id is noted in the transaction of its effect, so that a repetition does nothing. */
export class Inbox implements EventSink {
  /** How events of each type are taken. @returns whether they had not come before. */
  private readonly takes: ReadonlyMap<string, Take>;

  constructor(
    readonly name: string,
    private readonly database: Database,
    handlers: ReadonlyMap<string, readonly EventHandler[] | EventsHandler>,
    /** Told after each commit, to wake what waits for new work. */
    private readonly committed: (event: DeliveredEvent) => void,
  ) {
    this.takes = new Map(
      [...handlers].map(([type, handler]) => [
        type,
        "together" in handler ? this.takingTogether(type, handler) : this.takingAlone(type, handler),
      ]),
    );
  }

  get types(): readonly string[] {
    return [...this.takes.keys()];
  }

  accepts(type: string): boolean {
    return this.takes.has(type);
  }

  async receive(event: DeliveredEvent): Promise<void> {
    let outcome = "failed";
    try {
      const attributes = { "tollgate.subgraph": this.name };
      const take = this.takes.get(event.type);
      if (!take) throw new Error(`${this.name} does not listen to ${event.type}`);
      const isNew = await inSpan(`event ${event.type}`, { attributes, kind: "consumer", linkedTo: null }, () =>
        take(event),
      );
      outcome = isNew ? "handled" : "repeated";
    } finally {
      meters.inbox.inc({ subgraph: this.name, outcome });
    }
    this.committed(event);
  }

  private takingAlone(type: string, handlers: readonly EventHandler[]): Take {
    return (event) =>
      this.database.system(`event ${type}`, async (tx) => {
        const [news] = await tx.sql`
          insert into inbox (event_id, type) values (${event.id}, ${type}) on conflict do nothing returning 1`;
        if (!news) return false;
        for (const handle of handlers) await handle(tx, event);
        return true;
      });
  }

  /** Those that come while others are under way are taken with one another. */
  private takingTogether(type: string, { together }: EventsHandler): Take {
    const takeAll: Together<DeliveredEvent, boolean> = async (tx, asked) => {
      const events = asked.map(({ wish }) => wish);
      const rows = await tx.sql<{ event_id: string }[]>`
        insert into inbox (event_id, type) select id, ${type} from unnest(${events.map(({ id }) => id)}::uuid[]) u(id)
          order by id on conflict do nothing returning event_id`;
      const news = new Set(rows.map((row) => row.event_id));
      // Of one that came twice at once only the first is news.
      const isNews = events.map(({ id }) => news.delete(id));
      const taken = events.filter((_, nth) => isNews[nth]);
      if (taken.length > 0) await together(tx, taken);
      return isNews;
    };
    const lane = `event ${type}`;
    return (event) => this.database.writeTogether(systemCaller(lane), lane, takeAll, event);
  }
}
