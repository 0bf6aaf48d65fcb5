import { randomUUID } from "node:crypto";
import type { Database, Tx } from "../database/database.js";
import type { Logger } from "../process/logger.js";
import { Loop } from "../process/loop.js";
import type { EventSink } from "../protocol/event.js";
import { Delivery, type Failure, type OutboxRow, type Outcome } from "./delivery.js";
import { Leases } from "./leases.js";

const POLL_MILLISECONDS = 500;
/** Of one turn: how many aggregates, and how many events of each. */
const AGGREGATES = 100;
const EVENTS_EACH = 50;
/** After this many tries (about ten minutes) an event is parked, with everything of its aggregate behind it. */
const TRIES = 12;
const LONGEST_PAUSE_MILLISECONDS = 120_000;

/**
 * Takes events from the outbox to their consumers: at least once, in order per aggregate. The outbox is cut in 16
 * partitions, each leased to one relay at a time. It also numbers the events of live topics in the order of delivery.
 */
export class Relay {
  private readonly leases: Leases;
  private readonly loop: Loop;
  private readonly delivery: Delivery;

  constructor(
    subgraph: string,
    private readonly database: Database,
    sinks: readonly EventSink[],
    private readonly streamed: () => void,
    logger: Logger,
  ) {
    this.delivery = new Delivery(subgraph, sinks, logger);
    this.leases = new Leases(database, randomUUID());
    this.loop = new Loop("relay", POLL_MILLISECONDS, () => this.turn(), logger);
  }

  start(): void {
    this.loop.start();
  }

  /** A transaction that emitted has committed. */
  wake(): void {
    this.loop.wake();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    await this.leases.release();
  }

  /** @returns whether there may be more to do at once. */
  private async turn(): Promise<boolean> {
    const held = await this.leases.hold();
    if (held.size === 0) return false;
    const rows = await this.due([...held.keys()]);
    if (rows.length === 0) return false;
    const outcomes = await this.delivery.deliver(rows);
    await this.record(outcomes, held);
    // What was emitted meanwhile wakes it by itself; more than that waits only where not all was taken.
    return rows.length >= EVENTS_EACH && outcomes.some((outcome) => outcome.isComplete);
  }

  /**
   * Undelivered events of the aggregates that have been due longest, so that a crowd that waits for a consumer that is
   * away stands before nobody: of each the first ones by version, so that nothing
   * is taken without what comes before it, and none of an aggregate that is parked or has to wait.
   */
  private async due(partitions: number[]): Promise<OutboxRow[]> {
    return await this.database.system(
      "relay",
      (tx) => tx.sql<OutboxRow[]>`
        select e.* from (
          select aggregate_id from outbox
           where partition = any(${partitions}::smallint[]) and delivered_at is null
           group by aggregate_id having bool_and(parked_at is null and next_attempt_at <= now())
           order by min(next_attempt_at) limit ${AGGREGATES}) waiting
        cross join lateral (
          select id, partition, type, aggregate_id, aggregate_version, organisation_id, payload, sealed, topic, occurred_at,
            attempts, parked_at, next_attempt_at, delivered_to from outbox o
           where o.aggregate_id = waiting.aggregate_id and delivered_at is null
           order by aggregate_version limit ${EVENTS_EACH}) e
        where not exists (select 1 from outbox b
          where b.aggregate_id = e.aggregate_id and b.aggregate_version <= e.aggregate_version
            and b.delivered_at is null and (b.parked_at is not null or b.next_attempt_at > now()))
        order by e.id`,
    );
  }

  private async record(outcomes: Outcome[], held: ReadonlyMap<number, bigint>): Promise<void> {
    await this.database.system("relay", async (tx) => {
      const owned = await this.leases.stillHeld(tx, held);
      const mine = outcomes.filter((outcome) => owned.has(outcome.partition));
      await this.number(tx, mine);
      await this.complete(tx, mine);
      for (const outcome of mine) if (!outcome.isComplete) await this.postpone(tx, outcome);
    });
    if (outcomes.some(({ topic }) => topic !== null)) this.streamed();
  }

  /** What a live topic shows does not wait for consumers that are away, only for what somebody refused before it. */
  private async number(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
    const streamed = outcomes.filter(({ topic, failure }) => topic !== null && (!failure || failure.isOutage));
    if (streamed.length === 0) return;
    const ids = streamed.map(({ id }) => id);
    // One relay at a time numbers, so that a reader of the sequence never finds a gap filled behind it.
    await tx.sql`select pg_advisory_xact_lock(hashtext(current_schema() || ' stream'))`;
    // Materialised: joined in, the numbering could be run again for each row and number them in any order.
    await tx.sql`
      with numbered as materialized (
        select d.id, nextval('stream_sequence') as seq
          from (select u.id from unnest(${ids}::uuid[]) with ordinality u(id, position)
                  join outbox x on x.id = u.id where x.topic is not null and x.stream_seq is null order by u.position) d)
      update outbox o set stream_seq = n.seq from numbered n where o.id = n.id`;
  }

  private async complete(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
    const ids = outcomes.filter(({ isComplete }) => isComplete).map(({ id }) => id);
    await tx.sql`
      update outbox set delivered_at = now(), sealed = null, error = null, attempts = attempts + 1
       where id = any(${ids}::uuid[])`;
  }

  private async postpone(tx: Tx, { id, reached, failure }: Outcome): Promise<void> {
    if (reached.length > 0)
      await tx.sql`update outbox set delivered_to = delivered_to || ${reached}::text[] where id = ${id}`;
    // Behind one that waits, there is nothing to say of it yet.
    if (!failure) return;
    if (failure.isOutage) await this.waitOutage(tx, id, failure);
    else
      await tx.sql`
        update outbox set attempts = attempts + 1, error = ${failure.message},
          next_attempt_at = now() + least(2 ^ least(attempts + 1, 20) * 100, ${LONGEST_PAUSE_MILLISECONDS}) * interval '1 ms',
          parked_at = case when attempts + 1 >= ${TRIES} then now() end where id = ${id}`;
  }

  private async waitOutage(tx: Tx, id: string, { message, pause }: Failure): Promise<void> {
    await tx.sql`
      update outbox set error = ${message}, next_attempt_at = now() + ${Math.round(pause)} * interval '1 ms' where id = ${id}`;
  }
}
