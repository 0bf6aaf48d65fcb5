import { decode, encode } from "../protocol/codec.js";
import { type DeliveredEvent, type EventSink, SinkUnavailable } from "../protocol/event.js";
import { EVENTS_PATH } from "../protocol/processes.js";
import { EVENT_CONSUMERS } from "../protocol/routing.js";
import { RemoteUnavailable } from "./kept-connections.js";
import type { RemoteProcess } from "./remote-process.js";

/** What came of each event of a batch, in its order: null, or why it was not taken. */
export type BatchOutcome = readonly (null | { error: string; unavailable: boolean })[];

const MOST_EVENTS = 200;
const BATCH_MILLISECONDS = 10_000;
/**
 * After a failure nothing is sent for this long at first, and at most; longer where waiting for it took long, because
 * other consumers wait meanwhile.
 */
const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 2_000;

interface Waiting {
  event: DeliveredEvent;
  settle: PromiseWithResolvers<void>;
}

/**
 * The inbox of a subgraph in another process. Events that are handed over while a batch is on its way travel together
 * in the next one; whoever hands over the events of one aggregate one after the other has them applied in order.
 */
export class RemoteSink implements EventSink {
  private waiting: Waiting[] = [];
  private sending = false;
  private pauseMilliseconds = 0;
  private closedUntil = 0;

  constructor(private readonly process: RemoteProcess) {}

  get name(): string {
    return this.process.name;
  }

  accepts(type: string): boolean {
    return (EVENT_CONSUMERS[type] ?? []).some((name) => name === this.process.name);
  }

  receive(event: DeliveredEvent): Promise<void> {
    if (Date.now() < this.closedUntil)
      return Promise.reject(new SinkUnavailable(`${this.name} did not answer just now`));
    const settle = Promise.withResolvers<void>();
    this.waiting.push({ event, settle });
    if (!this.sending) {
      this.sending = true;
      // What is handed over in the same turn travels together.
      setImmediate(() => void this.sendAll());
    }
    return settle.promise;
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) await this.sendBatch(this.waiting.splice(0, MOST_EVENTS));
    this.sending = false;
  }

  private async sendBatch(batch: readonly Waiting[]): Promise<void> {
    const began = Date.now();
    try {
      const outcomes = await this.push(batch.map(({ event }) => event));
      this.pauseMilliseconds = 0;
      for (const [index, { settle }] of batch.entries()) {
        const failure = outcomes[index];
        if (failure === null) settle.resolve();
        else settle.reject(refusalOf(failure));
      }
    } catch (error) {
      this.pauseMilliseconds = Math.min(
        Math.max(FIRST_PAUSE_MILLISECONDS, this.pauseMilliseconds * 2),
        LONGEST_PAUSE_MILLISECONDS,
      );
      this.closedUntil = Date.now() + Math.max(this.pauseMilliseconds, 2 * (Date.now() - began));
      const detail = error instanceof RemoteUnavailable ? error.detail : String(error);
      const reason = new SinkUnavailable(detail, { cause: error });
      for (const { settle } of [...batch, ...this.waiting.splice(0)]) settle.reject(reason);
    }
  }

  private async push(events: readonly DeliveredEvent[]): Promise<BatchOutcome> {
    const text = await this.process.ask({
      method: "POST",
      path: EVENTS_PATH,
      headers: { "content-type": "application/json" },
      body: encode(events),
      milliseconds: BATCH_MILLISECONDS,
    });
    const outcomes = decode(text);
    if (!Array.isArray(outcomes) || outcomes.length !== events.length)
      throw new RemoteUnavailable(`${this.name} answered a batch of events with something else`);
    return outcomes as BatchOutcome; // of the form that `serve/inbox-route.ts` writes
  }
}

const refusalOf = (failure: BatchOutcome[number] | undefined): Error => {
  if (!failure) return new Error("there was no answer about this event");
  return failure.unavailable ? new SinkUnavailable(failure.error) : new Error(failure.error);
};
