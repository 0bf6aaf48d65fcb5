import { randomUUID } from "node:crypto";
import type { Database } from "../database/database.js";
import { isDatabaseAway } from "../faults/database-errors.js";
import type { Logger } from "../process/logger.js";
import { Loop } from "../process/loop.js";
import { revive } from "../protocol/codec.js";
import { type DeliveredEvent, type EventSink, SinkUnavailable } from "../protocol/event.js";
import { Leases } from "./leases.js";

const POLL_MILLISECONDS = 500;
/** Of one turn: how many aggregates, and how many events of each. */
const AGGREGATES = 100;
const EVENTS_EACH = 50;
/** Between two tries of what a consumer that is away did not get. */
const OUTAGE_MILLISECONDS = 1_000;
/** After this many tries (about ten minutes) an event is parked, with everything of its aggregate behind it. */
const TRIES = 12;

interface OutboxRow {
  id: string;
  partition: number;
  type: string;
  aggregate_id: string;
  aggregate_version: bigint;
  organisation_id: string | null;
  payload: unknown;
  sealed: Uint8Array | null;
  topic: string | null;
  occurred_at: string;
  attempts: number;
}

interface Failure {
  message: string;
  /** Nobody was there to refuse it: this counts towards giving up only where somebody was. */
  isOutage: boolean;
}

interface Outcome {
  id: string;
  partition: number;
  failure: Failure | null;
  attempts: number;
}

/**
 * Takes events from the outbox to their consumers: at least once, in order per aggregate. The outbox is cut in 16
 * partitions, each leased to one relay at a time. It also numbers the events of live topics in the order of delivery.
 */
export class Relay {
  private readonly leases: Leases;
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    private readonly sinks: readonly EventSink[],
    private readonly streamed: () => void,
    private readonly logger: Logger,
  ) {
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
    const outcomes = await this.deliver(rows);
    await this.record(outcomes, held);
    return outcomes.some((outcome) => outcome.failure === null);
  }

  /**
   * Undelivered events of the aggregates that have waited longest: of each the first ones by version, so that nothing
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
           order by min(occurred_at) limit ${AGGREGATES}) waiting
        cross join lateral (
          select id, partition, type, aggregate_id, aggregate_version, organisation_id, payload, sealed, topic, occurred_at,
            attempts, parked_at, next_attempt_at from outbox o
           where o.aggregate_id = waiting.aggregate_id and delivered_at is null
           order by aggregate_version limit ${EVENTS_EACH}) e
        where not exists (select 1 from outbox b
          where b.aggregate_id = e.aggregate_id and b.aggregate_version <= e.aggregate_version
            and b.delivered_at is null and (b.parked_at is not null or b.next_attempt_at > now()))
        order by e.id`,
    );
  }

  private async deliver(rows: OutboxRow[]): Promise<Outcome[]> {
    const aggregates = Map.groupBy(rows, (row) => row.aggregate_id);
    const outcomes = await Promise.all([...aggregates.values()].map((events) => this.deliverInOrder(events)));
    return outcomes.flat();
  }

  /** Stops at the first failure: what comes behind it must wait. */
  private async deliverInOrder(rows: OutboxRow[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    rows.sort((a, b) => Number(a.aggregate_version - b.aggregate_version));
    for (const row of rows) {
      const failure = await this.deliverOne(row);
      const attempts = failure?.isOutage ? row.attempts : row.attempts + 1;
      outcomes.push({ id: row.id, partition: row.partition, failure, attempts });
      if (failure !== null) break;
    }
    return outcomes;
  }

  private async deliverOne(row: OutboxRow): Promise<Failure | null> {
    const event: DeliveredEvent = {
      id: row.id,
      type: row.type,
      aggregateId: row.aggregate_id,
      aggregateVersion: row.aggregate_version,
      organisationId: row.organisation_id,
      occurredAt: new Date(row.occurred_at),
      payload: revive(row.payload),
      sealed: row.sealed,
    };
    const consumers = this.sinks.filter((sink) => sink.accepts(event.type));
    const results = await Promise.allSettled(consumers.map((sink) => sink.receive(event)));
    const refusals = results.flatMap((result, index) =>
      result.status === "rejected" ? [{ name: consumers[index]?.name, reason: result.reason as unknown }] : [],
    );
    if (refusals.length === 0) return null;
    const isOutage = refusals.every(({ reason }) => reason instanceof SinkUnavailable || isDatabaseAway(reason));
    const failures = refusals.map(({ name, reason }) => `${name}: ${String(reason)}`);
    const level = isOutage ? "debug" : "warn";
    this.logger[level](
      { event: event.id, type: event.type, attempt: row.attempts + 1, failures },
      "event not delivered",
    );
    return { message: failures.join("; ").slice(0, 500), isOutage };
  }

  private async record(outcomes: Outcome[], held: ReadonlyMap<number, bigint>): Promise<void> {
    const delivered = outcomes.filter((outcome) => outcome.failure === null);
    const failed = outcomes.flatMap(({ failure, ...outcome }) => (failure ? [{ ...outcome, failure }] : []));
    await this.database.system("relay", async (tx) => {
      const owned = await this.leases.stillHeld(tx, held);
      const mine = (outcome: { partition: number }) => owned.has(outcome.partition);
      // One relay at a time numbers, so that a reader of the sequence never finds a gap filled behind it.
      await tx.sql`select pg_advisory_xact_lock(hashtext(current_schema() || ' stream'))`;
      // Materialised: joined in, the numbering could be run again for each row and number them in any order.
      await tx.sql`
        with numbered as materialized (
          select d.id, case when d.topic is not null then nextval('stream_sequence') end as seq
            from (select u.id, x.topic from unnest(${delivered.filter(mine).map((outcome) => outcome.id)}::uuid[]) with ordinality u(id, position)
                    join outbox x on x.id = u.id order by u.position) d)
        update outbox o set delivered_at = now(), sealed = null, error = null, attempts = attempts + 1, stream_seq = n.seq
          from numbered n where o.id = n.id`;
      for (const { id, failure, attempts } of failed.filter(mine)) {
        const pause = failure.isOutage ? OUTAGE_MILLISECONDS : Math.min(2 ** attempts * 100, 120_000);
        await tx.sql`
          update outbox set attempts = ${attempts}, error = ${failure.message}, next_attempt_at = now() + ${pause} * interval '1 ms',
            parked_at = case when ${!failure.isOutage && attempts >= TRIES} then now() end where id = ${id}`;
      }
    });
    this.streamed();
  }
}
