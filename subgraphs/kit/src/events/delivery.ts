import { isDatabaseAway } from "../faults/database-errors.js";
import { meters } from "../observe/meters.js";
import type { Logger } from "../process/logger.js";
import { revive } from "../protocol/codec.js";
import { type DeliveredEvent, type EventSink, SinkUnavailable } from "../protocol/event.js";

/** An event that is due, as the outbox has it. */
export interface OutboxRow {
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
  /** Consumers that have it already. */
  delivered_to: string[];
}

/** What became of one event in one turn. */
export interface Outcome {
  id: string;
  partition: number;
  /** Live topic that it is streamed on; null: none. */
  topic: string | null;
  /** Consumers that got it in this turn. */
  reached: string[];
  /** Every consumer has it. */
  isComplete: boolean;
  failure: Failure | null;
}

export interface Failure {
  message: string;
  /** Nobody was there to refuse it: this counts towards giving up only where somebody was. */
  isOutage: boolean;
  /** Milliseconds until the next try of an outage. */
  pause: number;
}

/** Pauses between tries of what a consumer that is away did not get: a quarter of how long it has been away. */
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Hands events to their consumers: of each aggregate one after the other, so that no consumer gets one before its predecessor. */
export class Delivery {
  /** Since when a consumer is away, by its name. */
  private readonly awaySince = new Map<string, number>();

  constructor(
    private readonly subgraph: string,
    private readonly sinks: readonly EventSink[],
    private readonly logger: Logger,
  ) {}

  /** In the order of each aggregate. */
  async deliver(rows: readonly OutboxRow[]): Promise<Outcome[]> {
    const aggregates = Map.groupBy(rows, (row) => row.aggregate_id);
    const outcomes = await Promise.all([...aggregates.values()].map((events) => this.deliverInOrder(events)));
    return outcomes.flat();
  }

  /**
   * A refusal stops everything that comes behind it. An outage stops what comes behind it for that consumer alone: the
   * others must not wait for one that they have nothing to do with.
   */
  private async deliverInOrder(rows: OutboxRow[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const away = new Set<EventSink>();
    rows.sort((a, b) => Number(a.aggregate_version - b.aggregate_version));
    for (const row of rows) {
      const missing = this.sinks.filter((sink) => sink.accepts(row.type) && !row.delivered_to.includes(sink.name));
      const { reached, failure } = await this.deliverOne(
        row,
        missing.filter((sink) => !away.has(sink)),
        away,
      );
      outcomes.push({
        id: row.id,
        partition: row.partition,
        topic: row.topic,
        reached: reached.map(({ name }) => name),
        isComplete: reached.length === missing.length,
        failure,
      });
      if (failure && !failure.isOutage) break;
    }
    return outcomes;
  }

  /** @param away gets those that turned out to be. */
  private async deliverOne(
    row: OutboxRow,
    sinks: readonly EventSink[],
    away: Set<EventSink>,
  ): Promise<{ reached: EventSink[]; failure: Failure | null }> {
    const event = eventOf(row);
    const reached: EventSink[] = [];
    const failures: string[] = [];
    let isOutage = true;
    const results = await Promise.allSettled(sinks.map((sink) => sink.receive(event)));
    for (const [index, result] of results.entries()) {
      const sink = sinks[index];
      if (!sink) continue;
      this.count(sink, result);
      if (result.status === "fulfilled") {
        reached.push(sink);
        this.awaySince.delete(sink.name);
        continue;
      }
      failures.push(`${sink.name}: ${String(result.reason)}`);
      if (!isAway(result.reason)) isOutage = false;
      else {
        away.add(sink);
        if (!this.awaySince.has(sink.name)) this.awaySince.set(sink.name, Date.now());
      }
    }
    if (failures.length === 0) return { reached, failure: null };
    const level = isOutage ? "debug" : "warn";
    this.logger[level]({ event: row.id, type: row.type, attempt: row.attempts + 1, failures }, "event not delivered");
    const message = failures.join("; ").slice(0, 500);
    return { reached, failure: { message, isOutage, pause: this.pause() } };
  }

  private count({ name }: EventSink, result: PromiseSettledResult<void>): void {
    const refused = result.status === "rejected" && (isAway(result.reason) ? "away" : "refused");
    meters.deliveries.inc({ subgraph: this.subgraph, consumer: name, outcome: refused || "delivered" });
  }

  private pause(): number {
    const longest = Math.max(0, ...[...this.awaySince.values()].map((since) => Date.now() - since));
    return Math.min(Math.max(longest / 4, SHORTEST_PAUSE), LONGEST_PAUSE);
  }
}

const isAway = (reason: unknown): boolean => reason instanceof SinkUnavailable || isDatabaseAway(reason);

const eventOf = (row: OutboxRow): DeliveredEvent => ({
  id: row.id,
  type: row.type,
  aggregateId: row.aggregate_id,
  aggregateVersion: row.aggregate_version,
  organisationId: row.organisation_id,
  occurredAt: new Date(row.occurred_at),
  payload: revive(row.payload),
  sealed: row.sealed,
});
