import { UnavailableFault } from "@tollgate/kit";

const LONGEST_MILLISECONDS = 8_000;
/** Left of the caller's deadline for what follows. */
const REST_MILLISECONDS = 1_500;
/** Another process may have taken the event that is waited for: this one then sees it by looking. */
const LOOK_MILLISECONDS = 150;

/** Waits for what events bring: woken by those of this process, looking from time to time for the others'. */
export class Watch {
  private readonly waiting = new Set<() => void>();

  /** @param longest milliseconds that anybody waits; tests take fewer */
  constructor(private readonly longest = LONGEST_MILLISECONDS) {}

  /** Something has come: whoever waits may look. */
  wake(): void {
    for (const look of [...this.waiting]) look();
  }

  /**
   * @param look gives null while it is not there; never called within a transaction.
   * @param deadline of the caller, epoch milliseconds; null: none.
   * @throws UnavailableFault when it does not come in time: the same call again goes on waiting.
   */
  async until<T>(look: () => Promise<T | null>, deadline: number | null): Promise<T> {
    const patience = Math.min(this.longest, (deadline ?? Number.POSITIVE_INFINITY) - Date.now() - REST_MILLISECONDS);
    const end = Date.now() + Math.max(0, patience);
    for (;;) {
      const woken = this.next();
      try {
        const found = await look();
        if (found !== null) return found;
        if (Date.now() >= end) {
          throw new UnavailableFault("This takes longer than usual. Nothing is lost: try again in a moment.");
        }
        await woken.within(LOOK_MILLISECONDS);
      } finally {
        woken.forget();
      }
    }
  }

  /** Listens from now on, so that nothing is missed between a look and the wait. */
  private next() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.add(resolve);
    let timer: NodeJS.Timeout | null = null;
    return {
      within: (milliseconds: number) => {
        timer = setTimeout(resolve, milliseconds);
        return promise;
      },
      forget: () => {
        this.waiting.delete(resolve);
        if (timer) clearTimeout(timer);
      },
    };
  }
}
