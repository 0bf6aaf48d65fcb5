import { setImmediate as otherWork } from "node:timers/promises";
import type { Answer } from "./answer.js";
import type { EventStream } from "./event-stream.js";
import type { Subscriber } from "./subscriber.js";
import { askAlone } from "./upstreams.js";

export interface SharedStreamParts {
  answers: EventStream<Answer | typeof askAlone>;
  /**
   * Milliseconds that who comes later is given the last answer; an older one is made anew, since what other subgraphs
   * joined to it may have changed. Null where the last event says nothing to who comes later.
   */
  freshMilliseconds: number | null;
  /** Nobody can join any more. */
  ended: () => void;
  /** It was refused, or depends on the person: its subscribers ask for themselves. */
  dismissed: () => void;
}

/** The answers of one upstream for all who asked the same. */
export class SharedStream {
  private readonly subscribers = new Set<Subscriber>();
  /** Those who wait for the last event to be answered anew. */
  private readonly late = new Set<Subscriber>();
  private last: { answer: Answer; at: number } | null = null;
  private ended = false;

  constructor(private readonly parts: SharedStreamParts) {
    void this.deliver();
  }

  add(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
    const { freshMilliseconds } = this.parts;
    if (freshMilliseconds === null || !this.last) return;
    if (performance.now() - this.last.at < freshMilliseconds) subscriber.offer(this.last.answer);
    else {
      this.late.add(subscriber);
      this.parts.answers.repeat();
    }
  }

  /** The last one who leaves ends the upstream, at once. */
  remove(subscriber: Subscriber): void {
    this.late.delete(subscriber);
    this.subscribers.delete(subscriber);
    if (this.subscribers.size > 0) return;
    this.end();
    this.parts.answers.stop();
  }

  /** Its upstream brought more than could be answered. */
  overflow(): void {
    this.end();
    for (const subscriber of this.subscribers) subscriber.overflow();
  }

  private async deliver(): Promise<void> {
    for await (const answer of this.parts.answers) {
      if (answer === askAlone) {
        this.dismiss();
        return;
      }
      this.tell(answer);
      // The sockets' turn, so that a quick reader is not taken for a slow one in a long burst.
      if (this.isSomebodyBehind()) await otherWork();
    }
    this.end();
    for (const subscriber of this.subscribers) subscriber.end();
  }

  private tell(answer: Answer): void {
    const isRepeated = answer.event !== null && answer.event === this.last?.answer.event;
    this.last = this.parts.freshMilliseconds !== null ? { answer, at: performance.now() } : null;
    for (const subscriber of isRepeated ? this.late : this.subscribers) subscriber.offer(answer);
    this.late.clear();
  }

  private isSomebodyBehind(): boolean {
    for (const { isBehind } of this.subscribers) if (isBehind) return true;
    return false;
  }

  private dismiss(): void {
    this.end();
    this.parts.dismissed();
    for (const subscriber of this.subscribers) subscriber.dismiss();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.parts.ended();
  }
}
