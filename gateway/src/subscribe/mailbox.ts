/** What a mailbox does with more items than its reader takes. */
export interface MailboxPolicy {
  /** Keep only the newest item that was not taken yet. */
  newestWins: boolean;
  /** Items that may wait where none may be lost. */
  capacity: number;
}

/** Hands items from one writer, which never waits, to one reader. */
export class Mailbox<T> {
  private waiting: T[] = [];
  private reader: ((item: T | undefined) => void) | null = null;
  private ended = false;

  constructor(private readonly policy: MailboxPolicy) {}

  /** Whether the item found its place: false when the mailbox is full or has ended. */
  put(item: T): boolean {
    if (this.ended) return false;
    if (this.reader) {
      this.reader(item);
      this.reader = null;
      return true;
    }
    if (this.policy.newestWins) this.waiting = [item];
    else if (this.waiting.length < this.policy.capacity) this.waiting.push(item);
    else return false;
    return true;
  }

  /** The next item, as soon as there is one; undefined when there will be none. */
  async take(): Promise<T | undefined> {
    const item = this.waiting.shift();
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
  }

  /** Ends it and throws away what waits. */
  discard(): void {
    this.waiting = [];
    this.end();
  }
}
