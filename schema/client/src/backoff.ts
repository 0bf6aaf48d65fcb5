import { TollgateError } from "./errors.js";

export interface RetryOptions {
  /** How often a read is tried at most, the first time included. */
  attempts: number;
  /** Milliseconds before the second attempt; doubles from there. */
  firstWaitMilliseconds: number;
  longestWaitMilliseconds: number;
}

export const defaultRetries: RetryOptions = {
  attempts: 4,
  firstWaitMilliseconds: 250,
  longestWaitMilliseconds: 10_000,
};

/**
 * Milliseconds to wait after some failures in a row: doubling, scattered so that many clients do not come back at once, and
 * never less than the graph asked for.
 */
export function waitAfter(failures: number, options: RetryOptions, error?: TollgateError): number {
  const { firstWaitMilliseconds, longestWaitMilliseconds } = options;
  const base = Math.min(longestWaitMilliseconds, firstWaitMilliseconds * 2 ** Math.max(0, failures - 1));
  return Math.max(base / 2 + Math.random() * (base / 2), error?.retryAfterMilliseconds ?? 0);
}

/** Waits, or rejects with the signal's reason as soon as it is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/**
 * Does a read until it succeeds, fails for good or was tried often enough.
 *
 * @throws the last failure
 */
export async function retried<T>(read: () => Promise<T>, options: RetryOptions, signal?: AbortSignal): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await read();
    } catch (error) {
      const hopeless = !(error instanceof TollgateError && error.isTemporary);
      if (hopeless || failures >= options.attempts) throw error;
      await pause(waitAfter(failures, options, error), signal);
    }
  }
}
