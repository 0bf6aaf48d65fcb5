import { underTrace } from "../observe/tracing.js";
import type { Logger } from "./logger.js";

/**
 * Repeats `work` every `everyMilliseconds`, and at once after `wake()`, never two at a time. A failure is logged and
 * retried with growing pauses (at most 5 s); `work` answering true means that there is more to do right now.
 */
export class Loop {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private stopped = true;
  private busy = false;
  private again = false;
  private failures = 0;

  constructor(
    private readonly name: string,
    private readonly everyMilliseconds: number,
    private readonly work: () => Promise<unknown>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  wake(): void {
    if (this.stopped) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.busy = true;
    // Whoever woke it goes on: what is done here is no part of that.
    this.current = underTrace(null, () => this.turn());
  }

  /** Ends after the turn under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  private async turn(): Promise<void> {
    do {
      this.again = false;
      try {
        this.again = (await this.work()) === true || this.again;
        this.failures = 0;
      } catch (error) {
        this.failures += 1;
        this.again = false;
        const log = this.failures === 1 || this.failures % 20 === 0 ? "warn" : "debug";
        this.logger[log]({ error, loop: this.name, failures: this.failures }, "will try again");
      }
    } while (this.again && !this.stopped);
    this.busy = false;
    if (this.stopped) return;
    const pause = this.everyMilliseconds * 2 ** Math.min(this.failures, 6);
    this.timer = setTimeout(() => this.wake(), this.failures ? Math.min(pause, 5_000) : this.everyMilliseconds);
  }
}
