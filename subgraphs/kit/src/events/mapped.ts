/** What a mapped stream begins with and what it makes of each event. */
export interface Mapping<From, To> {
  /** Given at once, before any event; it cannot miss what comes while it is read. */
  first?: () => Promise<To>;
  /** Null leaves the event out. */
  each: (event: From) => Promise<To | null>;
}

/**
 * A stream made from another. Its `return` ends a wait under way, which a generator's would not.
 * Errors of `first` and `each` end it.
 */
export const mapped = <From, To>(
  source: AsyncIterableIterator<From>,
  { first, each }: Mapping<From, To>,
): AsyncIterableIterator<To> => {
  let ahead: Promise<IteratorResult<From>> | null = null;
  let isNew = true;
  const close = async () => {
    await source.return?.();
    return { done: true as const, value: undefined };
  };
  const advance = async (): Promise<IteratorResult<To>> => {
    if (isNew && first) {
      isNew = false;
      ahead = source.next(); // starts listening
      ahead.catch(() => undefined); // reported to whoever takes it
      return { done: false, value: await first() };
    }
    for (;;) {
      const event = await (ahead ?? source.next());
      ahead = null;
      if (event.done) return { done: true, value: undefined };
      const value = await each(event.value);
      if (value !== null) return { done: false, value };
    }
  };
  return {
    next: async () => {
      try {
        return await advance();
      } catch (error) {
        await close();
        throw error;
      }
    },
    return: close,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
