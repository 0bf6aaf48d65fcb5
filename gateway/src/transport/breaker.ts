import { RemoteUnavailable } from "@tollgate/kit/net";

export interface BreakerRules {
  /** Failures in a row after which nobody is sent any more. */
  failures: number;
  /** Milliseconds until one request may try again; doubled with each that fails, up to the longest. */
  pauseMilliseconds: number;
  longestPauseMilliseconds: number;
}

export const breakerRules: BreakerRules = { failures: 5, pauseMilliseconds: 500, longestPauseMilliseconds: 10_000 };

/** Thrown in place of asking a subgraph that has failed too often. */
export class CircuitOpen extends RemoteUnavailable {
  override name = "CircuitOpen";
}

/**
 * Spares a subgraph that fails, and those who would wait for it. Closed: everybody is let through. Open: nobody is.
 * Half open, after a pause: one is let through as a probe, and closes it again or opens it for longer.
 */
export class Breaker {
  private inARow = 0;
  private probing = false;
  private openUntil = Number.NEGATIVE_INFINITY;

  /** @param clock milliseconds that never go back */
  constructor(
    private readonly service: string,
    private readonly rules: BreakerRules = breakerRules,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  get state(): "closed" | "open" | "half-open" {
    if (this.inARow < this.rules.failures) return "closed";
    return this.probing || this.clock() < this.openUntil ? "open" : "half-open";
  }

  /**
   * Does `work`, unless the circuit is open.
   * @param blames whether a failure is the subgraph's: not when the client has gone, say
   * @throws CircuitOpen, or what `work` throws
   */
  async run<T>(work: () => Promise<T>, blames: (error: unknown) => boolean = () => true): Promise<T> {
    const { state } = this;
    if (state === "open") throw new CircuitOpen(`${this.service} has failed too often and is left alone for a moment`);
    const isProbe = state === "half-open";
    if (isProbe) this.probing = true;
    try {
      const result = await work();
      this.inARow = 0;
      return result;
    } catch (error) {
      if (blames(error)) this.failed();
      throw error;
    } finally {
      if (isProbe) this.probing = false;
    }
  }

  private failed(): void {
    this.inARow += 1;
    const { failures, pauseMilliseconds, longestPauseMilliseconds } = this.rules;
    if (this.inARow < failures) return;
    const pause = pauseMilliseconds * 2 ** Math.min(this.inARow - failures, 20);
    this.openUntil = this.clock() + Math.min(pause, longestPauseMilliseconds);
  }
}
