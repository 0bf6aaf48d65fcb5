import { type Caller, type Database, UnavailableFault } from "@tollgate/kit";
import { type ClosingRow, closingById } from "./closing.js";

/** The answer usually takes a few hundred milliseconds; whoever asked is not kept longer than this. */
const PATIENCE_MILLISECONDS = 8_000;
/** Left of the operation's time for saying that it takes longer. */
const SPARE_MILLISECONDS = 500;
/** The answer may arrive in another process, which wakes nobody here. */
const GLANCE_MILLISECONDS = 250;

/** Where those wait who asked for a closing, until billing's answer has come. */
export class ClosingDesk {
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly database: Database,
    private readonly patience = PATIENCE_MILLISECONDS,
  ) {}

  /** An answer was taken in this process. */
  wake(): void {
    for (const look of [...this.waiting]) look();
  }

  /**
   * The closing as it ended.
   * @throws UnavailableFault where no answer comes in time; the closing goes on by itself, and asking again with the
   * same key waits for it again.
   */
  async ended(caller: Caller, id: string): Promise<ClosingRow> {
    const until = Math.min(
      Date.now() + this.patience,
      (caller.deadline ?? Number.POSITIVE_INFINITY) - SPARE_MILLISECONDS,
    );
    for (;;) {
      const row = await this.database.read(caller, (tx) => closingById(tx, id));
      if (row.state !== "ASKED") return row;
      if (Date.now() >= until) {
        throw new UnavailableFault("The closing is under way and ends as soon as billing answers; ask again shortly.");
      }
      await this.news();
    }
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(look, GLANCE_MILLISECONDS);
      this.waiting.add(look);
    });
  }
}
