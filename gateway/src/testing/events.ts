/** A source of events for subscriptions in tests, which counts who listens. */
export class EventSourceFixture<T> {
  private readonly readers = new Set<(value: T | Error) => void>();
  private readonly waitingForReaders: { count: number; resolve: () => void }[] = [];

  /** How many listen at the moment. */
  get open(): number {
    return this.readers.size;
  }

  publish(...values: T[]): void {
    for (const value of values) for (const read of this.readers) read(value);
  }

  /** Those who listen, to be told apart. */
  listeners(): unknown[] {
    return [...this.readers];
  }

  /** The same for some of those who listen, as where the others' connection is slow. */
  publishTo(chosen: (reader: unknown) => boolean, ...values: T[]): void {
    for (const value of values) for (const read of this.readers) if (chosen(read)) read(value);
  }

  fail(error: Error): void {
    for (const read of this.readers) read(error);
  }

  /** Resolves as soon as exactly so many listen. */
  async untilOpen(count: number): Promise<void> {
    if (this.open === count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waitingForReaders.push({ count, resolve });
    await promise;
  }

  /** Listens from now on; `return()` ends it at once, also while an event is awaited. */
  listen(): AsyncIterableIterator<T> {
    const queue: (T | Error)[] = [];
    let wake: (() => void) | null = null;
    let done = false;
    const read = (value: T | Error): void => {
      queue.push(value);
      wake?.();
    };
    this.readers.add(read);
    this.tellWaiting();
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        while (queue.length === 0 && !done) {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          await promise;
        }
        const value = queue.shift();
        if (done || value === undefined) return { done: true, value: undefined };
        if (value instanceof Error) throw value;
        return { done: false, value };
      },
      return: async () => {
        done = true;
        this.readers.delete(read);
        wake?.();
        this.tellWaiting();
        return { done: true, value: undefined };
      },
    };
  }

  private tellWaiting(): void {
    for (const waiting of this.waitingForReaders) if (waiting.count === this.open) waiting.resolve();
  }
}
