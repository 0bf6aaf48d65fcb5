import type { GraphQLError } from "graphql";
import { codesOf } from "../observe/errors.js";
import { Answer, type LiveStream } from "./answer.js";
import { Mailbox, type MailboxPolicy } from "./mailbox.js";
import { askAlone } from "./upstreams.js";

export interface SubscriberParts {
  policy: MailboxPolicy;
  /** Opens a stream of its own, which is counted with this one; or says why there is none. */
  alone: (delivered: number, codes: ReadonlySet<string>) => LiveStream | { errors: readonly GraphQLError[] };
  /** Leaves what it shares. Called once. */
  leave: () => void;
  /** Too slow for a subscription that may lose nothing; it has ended. */
  overflowed: () => void;
  /** It has ended, whichever way; not called when a stream of its own has taken over. */
  closed: (delivered: number, codes: readonly string[]) => void;
}

/** One of those who share a stream, with a queue of its own: whoever is slow keeps nobody waiting. */
export class Subscriber implements LiveStream {
  private readonly mailbox: Mailbox<Answer | typeof askAlone>;
  private readonly codes = new Set<string>();
  private own: LiveStream | null = null;
  private delivered = 0;
  private done = false;
  private left = false;

  constructor(private readonly parts: SubscriberParts) {
    this.mailbox = new Mailbox(parts.policy);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Whether its queue has filled by half. */
  get isBehind(): boolean {
    const { newestWins, capacity } = this.parts.policy;
    return !newestWins && this.mailbox.size * 2 >= capacity;
  }

  /** An answer for it; a queue that has no place for it ends the subscription. */
  offer(answer: Answer): void {
    if (!this.done && !this.mailbox.offer(answer)) this.overflow();
  }

  /** Ends it, because an event was lost that must not be. */
  overflow(): void {
    if (this.done) return;
    this.finish();
    this.parts.overflowed();
  }

  /** There is nothing more to come; what waits can still be taken. */
  end(): void {
    this.mailbox.end();
    this.leave();
  }

  /** From here on it has to ask for itself; what waits is taken first. */
  dismiss(): void {
    this.mailbox.push(askAlone);
    this.leave();
  }

  async next(): Promise<IteratorResult<Answer, undefined>> {
    if (this.own) return await this.own.next();
    const answer = await this.mailbox.take();
    if (answer === undefined || this.done) return this.finish();
    if (answer === askAlone) return await this.goOnAlone();
    this.delivered += 1;
    for (const code of codesOf(answer.result.errors)) this.codes.add(code);
    return { done: false, value: answer };
  }

  async return(): Promise<IteratorResult<Answer, undefined>> {
    this.stop();
    return { done: true, value: undefined };
  }

  stop(): void {
    if (this.own) this.own.stop();
    else this.finish();
  }

  private async goOnAlone(): Promise<IteratorResult<Answer, undefined>> {
    const opened = this.parts.alone(this.delivered, this.codes);
    if ("errors" in opened) {
      this.mailbox.end();
      this.delivered += 1;
      for (const code of codesOf(opened.errors)) this.codes.add(code);
      return { done: false, value: new Answer(opened) };
    }
    this.own = opened;
    return await opened.next();
  }

  private finish(): IteratorReturnResult<undefined> {
    if (!this.done) {
      this.done = true;
      this.mailbox.discard();
      this.leave();
      this.parts.closed(this.delivered, [...this.codes]);
    }
    return { done: true, value: undefined };
  }

  private leave(): void {
    if (this.left) return;
    this.left = true;
    this.parts.leave();
  }
}
