/** The time an operation has, as a moment and as a signal. */
export interface Deadline {
  /** Epoch milliseconds. */
  at: number;
  /** Aborted when the time is over or the operation was given up. */
  signal: AbortSignal;
  giveUp(reason: string): void;
  /** Frees the timer; the signal stays as it is. */
  end(): void;
}

/** Starts the clock of an operation. */
export function startDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  const giveUp = (reason: string): void => controller.abort(new Error(reason));
  const timer = setTimeout(() => giveUp("The operation's time is over"), milliseconds);
  timer.unref();
  return { at: Date.now() + milliseconds, signal: controller.signal, giveUp, end: () => clearTimeout(timer) };
}

/** For work that ends when it is given up, and by no clock. */
export function noDeadline(): Deadline {
  const controller = new AbortController();
  const giveUp = (reason: string): void => controller.abort(new Error(reason));
  return { at: Number.POSITIVE_INFINITY, signal: controller.signal, giveUp, end: () => undefined };
}

/** For a part of an operation: it is over with the whole, and can be given up by itself. */
export function partOf(whole: Deadline): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const end = (): void => controller.abort(whole.signal.reason);
  if (whole.signal.aborted) end();
  else whole.signal.addEventListener("abort", end, { once: true, signal }); // listens no longer than the part lasts
  const giveUp = (reason: string): void => controller.abort(new Error(reason));
  return { at: whole.at, signal, giveUp, end: () => undefined };
}

/** Settles as `work` does, unless the signal is aborted first: then it rejects with the signal's reason. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
