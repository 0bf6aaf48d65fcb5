import type { Tollgate } from "../tollgate.js";

const HOUR = 3_600_000;

/** The time of the books in a test: it goes on by itself, and forwards when it is moved. */
export class BookClock {
  private ahead: number;

  constructor() {
    // Well within an hour, so that no hour ends by itself while a test runs.
    this.ahead = HOUR - (Date.now() % HOUR) + HOUR / 6;
  }

  readonly now = (): Date => new Date(Date.now() + this.ahead);

  /** Moves on to an instant and does at once what billing does each minute. @throws RangeError for one in the past. */
  async moveTo(instant: Date, { subgraphs }: Tollgate): Promise<void> {
    const step = instant.getTime() - this.now().getTime();
    if (step < 0) throw new RangeError("books never go back in time");
    this.ahead += step;
    await subgraphs.billing.runJob("charge-usage");
  }
}
