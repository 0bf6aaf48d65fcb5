import { meters } from "../observe/meters.js";

/** What a mailbox does with more items than its reader takes. */
export interface MailboxPolicy {
  /** Keep only the newest item that was not taken yet. */
  newestWins: boolean;
  /** Items that may wait where none may be lost. */
  capacity: number;
  /** Milliseconds that a full mailbox waits for its reader, counted from when it was empty last. */
  patienceMilliseconds: number;
}

/** Hands items from one writer to one reader. */
export class Mailbox<T> {
  private waiting: T[] = [];
  private reader: ((item: T | undefined) => void) | null = null;
  private writer: ((space: boolean) => void) | null = null;
  private ended = false;
  private emptyAt = performance.now();

  constructor(private readonly policy: MailboxPolicy) {}

  /** Items that wait. */
  get size(): number {
    return this.waiting.length;
  }

  /** Whether the item found its place. False when the reader is too slow, or the mailbox has ended. */
  async put(item: T): Promise<boolean> {
    return this.offer(item) || ((await this.space()) && this.offer(item));
  }

  /** Whether the item found its place at once. */
  offer(item: T): boolean {
    if (this.ended || this.isFull()) return false;
    if (this.handOver(item)) return true;
    if (this.policy.newestWins) {
      if (this.waiting.length > 0) meters.dropped.inc();
      this.waiting = [item];
    } else this.waiting.push(item);
    return true;
  }

  /** Adds what may not be left out, however full it is. */
  push(item: T): void {
    if (this.ended) return;
    if (!this.handOver(item)) this.waiting.push(item);
  }

  /** The next item, as soon as there is one; undefined when there will be none. */
  async take(): Promise<T | undefined> {
    const item = this.waiting.shift();
    if (this.waiting.length === 0) this.emptyAt = performance.now();
    this.answerWriter(true);
    if (item !== undefined || this.ended) return item;
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    this.reader = resolve;
    return await promise;
  }

  /** Takes no more; what waits can still be taken. */
  end(): void {
    this.ended = true;
    this.reader?.(undefined);
    this.reader = null;
    this.answerWriter(false);
  }

  /** Ends it and throws away what waits. */
  discard(): void {
    this.waiting = [];
    this.end();
  }

  /** Whether the reader was waiting for it. */
  private handOver(item: T): boolean {
    const { reader } = this;
    this.reader = null;
    reader?.(item);
    return reader !== null;
  }

  private isFull(): boolean {
    return !this.policy.newestWins && this.waiting.length >= this.policy.capacity;
  }

  /** Whether there is space before patience is over. */
  private async space(): Promise<boolean> {
    if (this.ended) return false;
    const milliseconds = this.emptyAt + this.policy.patienceMilliseconds - performance.now();
    if (milliseconds <= 0) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), milliseconds);
    this.writer = resolve;
    const space = await promise;
    clearTimeout(timer);
    return space;
  }

  private answerWriter(space: boolean): void {
    this.writer?.(space);
    this.writer = null;
  }
}
