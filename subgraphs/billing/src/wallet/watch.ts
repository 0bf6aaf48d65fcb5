import type { Caller, SubgraphKit, Worker } from "@tollgate/kit";
import { Loop } from "@tollgate/kit/process";
import { inArray } from "drizzle-orm";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { walletById } from "./wallets.js";

/** Between two looks for what another process has committed; our own commits are looked for at once. */
const LOOK_EVERY = 500;
/** After this time access is asked for again, changed or not. */
const RECHECK_AFTER = 1_000;

/** What makes a wallet another one to whoever watches it. */
const versionOf = ({ postings, state, graceEndsAt, warnedHours }: WalletRow): string =>
  `${postings} ${state} ${graceEndsAt?.getTime() ?? "-"} ${warnedHours ?? "-"}`;

type Look = () => void;

/** Wallets that people watch: one query for all of them in each process, however many watch. */
export class WalletWatch implements Worker {
  readonly name = "wallets";
  private readonly waiting = new Map<string, Set<Look>>();
  private readonly versions = new Map<string, string>();
  private readonly loop: Loop;
  private checkedAt = 0;
  private ended = false;

  /** @param lookEvery milliseconds between two looks that nobody asked for. */
  constructor(
    private readonly kit: Pick<SubgraphKit, "database" | "logger">,
    lookEvery = LOOK_EVERY,
  ) {
    this.loop = new Loop("wallets", lookEvery, () => this.turn(), kit.logger);
  }

  start(): void {
    this.loop.start();
  }

  /** Something was committed in this process. */
  look(): void {
    if (this.waiting.size > 0) this.loop.wake();
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.loop.stop();
    this.wake([...this.waiting.keys()]);
  }

  /**
   * The wallet as it is, then after each change; a slow reader finds the newest. It ends with NotFoundFault when the
   * wallet leaves the caller's estate, and at once when it is returned, also while a change is awaited.
   */
  of(caller: Caller, walletId: string): AsyncIterableIterator<WalletRow> {
    const gone = Promise.withResolvers<true>();
    const rows = this.rowsOf(caller, walletId, gone.promise);
    return {
      next: () => rows.next(),
      return: () => {
        gone.resolve(true);
        return rows.return(undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  private async *rowsOf(caller: Caller, walletId: string, gone: Promise<true>): AsyncGenerator<WalletRow> {
    for (let shown: string | null = null; !this.ended; ) {
      const turned = this.turned(walletId);
      const row = await this.kit.database.read(caller, (tx) => walletById(tx, walletId));
      const version = versionOf(row);
      if (version !== shown) {
        shown = version;
        yield row;
      }
      // A generator is not returned before its next value: one that nobody reads would go on looking until then.
      if (await Promise.race([turned, gone])) return;
    }
  }

  private turned(walletId: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const looks = this.waiting.get(walletId) ?? new Set();
    this.waiting.set(walletId, looks.add(resolve));
    return promise;
  }

  private wake(walletIds: readonly string[]): void {
    for (const id of walletIds) {
      const looks = this.waiting.get(id);
      this.waiting.delete(id);
      for (const look of looks ?? []) look();
    }
  }

  private async turn(): Promise<void> {
    const ids = [...this.waiting.keys()];
    for (const id of this.versions.keys()) if (!this.waiting.has(id)) this.versions.delete(id);
    if (ids.length === 0) return;
    const rows = await this.kit.database.system("wallets", (tx) =>
      tx.db.select().from(wallet).where(inArray(wallet.id, ids)),
    );
    const changed = rows.filter((row) => this.versions.get(row.id) !== versionOf(row)).map(({ id }) => id);
    for (const row of rows) this.versions.set(row.id, versionOf(row));
    const isDue = performance.now() - this.checkedAt >= RECHECK_AFTER;
    if (isDue) this.checkedAt = performance.now();
    this.wake(isDue ? ids : changed);
  }
}
