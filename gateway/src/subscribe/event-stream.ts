import type { SubgraphResponse } from "@tollgate/kit/protocol";
import { Mailbox, type MailboxPolicy } from "./mailbox.js";

/** How a stream turns the events of its upstream into answers, and whom it tells what. */
export interface EventStreamParts<T> {
  upstream: AsyncIterator<SubgraphResponse>;
  policy: MailboxPolicy;
  /** Whether the last event is kept, to be answered anew. */
  repeats?: boolean;
  /** The answer to one event; never throws. */
  answer: (event: SubgraphResponse) => Promise<T>;
  /** The last answer when the upstream threw. */
  broken: (error: unknown) => T;
  /** The reader is too slow for a stream that may lose nothing; the stream has ended. */
  overflowed: () => void;
  /** Called once, whichever way the stream ended. */
  closed: (delivered: number) => void;
}

/**
 * The answers to the events of one upstream. The upstream is read as fast as it comes; events wait in a mailbox until the
 * client took the answer before. An async generator would hold `return()` back until the next event: this one lets go of
 * the upstream at once.
 */
export class EventStream<T> implements AsyncIterableIterator<T, undefined, undefined> {
  private readonly mailbox: Mailbox<SubgraphResponse | Broken>;
  private delivered = 0;
  private last: SubgraphResponse | null = null;
  private done = false;
  private released = false;

  constructor(private readonly parts: EventStreamParts<T>) {
    this.mailbox = new Mailbox(parts.policy);
    void this.readUpstream();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    const item = await this.mailbox.take();
    if (item === undefined || this.done) return this.finish();
    const value = item instanceof Broken ? this.parts.broken(item.reason) : await this.parts.answer(item);
    if (this.done) return this.finish();
    this.delivered += 1;
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    return this.finish();
  }

  async throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    this.finish();
    throw error;
  }

  /** Ends it from this side; the reader finds no more answers. */
  stop(): void {
    this.finish();
  }

  /** Answers the last event once more, unless a newer one waits already. */
  repeat(): void {
    if (this.last && this.mailbox.size === 0) this.mailbox.offer(this.last);
  }

  private finish(): IteratorReturnResult<undefined> {
    if (!this.done) {
      this.done = true;
      this.mailbox.discard();
      this.last = null;
      this.release();
      this.parts.closed(this.delivered);
    }
    return { done: true, value: undefined };
  }

  private async readUpstream(): Promise<void> {
    try {
      for (;;) {
        const step = await this.parts.upstream.next();
        if (step.done || this.done) break;
        if (this.parts.repeats) this.last = step.value;
        if (!(await this.mailbox.put(step.value))) {
          if (this.done) break;
          this.finish();
          this.parts.overflowed();
          return;
        }
        if (isRefusal(step.value)) break;
      }
    } catch (error) {
      await this.mailbox.put(new Broken(error));
    }
    this.mailbox.end();
    this.release();
  }

  /** Tells the upstream that nobody listens any more, without waiting for what it does then. */
  private release(): void {
    if (this.released) return;
    this.released = true;
    const ended = this.parts.upstream.return?.();
    // An upstream that fails while it is left has nobody to fail for.
    ended?.catch(() => undefined);
  }
}

class Broken {
  constructor(readonly reason: unknown) {}
}

/** A response without `data` refuses the subscription; an event with errors has at least `data: null`. */
export function isRefusal(response: SubgraphResponse): boolean {
  return response.data === undefined && (response.errors?.length ?? 0) > 0;
}
