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

  /** Whether the item found its place. False when the reader is too slow, or the mailbox has ended. */
  async put(item: T): Promise<boolean> {
    if (this.isFull() && !(await this.space())) return false;
    if (this.ended) return false;
    if (this.reader) {
      this.reader(item);
      this.reader = null;
    } else if (this.policy.newestWins) this.waiting = [item];
    else this.waiting.push(item);
    return true;
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

  private isFull(): boolean {
    return !this.policy.newestWins && this.waiting.length >= this.policy.capacity;
  }

  /** Whether there is space before patience is over. */
  private async space(): Promise<boolean> {
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
