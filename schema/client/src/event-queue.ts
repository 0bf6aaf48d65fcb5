/** Events that nobody has asked for yet, then the end; for one reader. */
export class EventQueue<T> {
  private readonly waiting: T[] = [];
  private end: { error: unknown } | null = null;
  private wake: (() => void) | null = null;

  /**
   * @param newestOnly an event takes the place of one that still waits.
   * @param limit how many events may wait.
   */
  constructor(
    private readonly newestOnly: boolean,
    private readonly limit: number,
  ) {}

  /** Adds an event; false when too many wait already. */
  push(event: T): boolean {
    if (this.end) return true;
    if (this.newestOnly) this.waiting.length = 0;
    if (this.waiting.length >= this.limit) return false;
    this.waiting.push(event);
    this.wake?.();
    return true;
  }

  /** What waits is still read; then it is over, with the error if there is one. The first end counts. */
  finish(error: unknown = null): void {
    this.end ??= { error };
    this.wake?.();
  }

  /**
   * The next event, waited for; null at the end.
   *
   * @throws the error it ended with
   */
  async next(): Promise<{ event: T } | null> {
    while (this.waiting.length === 0 && !this.end) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const [event] = this.waiting.splice(0, 1);
    if (event !== undefined) return { event };
    if (this.end?.error) throw this.end.error;
    return null;
  }
}
