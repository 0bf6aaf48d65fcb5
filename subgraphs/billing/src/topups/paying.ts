import { readSetting, type SubgraphKit, type Tx } from "@tollgate/kit";
import { and, gt, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import type { ProviderDirectory } from "../providers/directory.js";
import { RETURN_PATH, webhookPath } from "../providers/paths.js";
import type { BegunPayment, OnlineProvider, PaymentProvider, PaymentRequest } from "../providers/provider.js";
import { applyWhole } from "./applying.js";
import { connectedTo, faultOf } from "./asking.js";
import { attemptReference } from "./reports.js";
import { type TopUpRow, topUp } from "./topup.schema.js";
import { lockTopUp, writeTopUp } from "./writing.js";

/** Whoever asks a provider has this long; then somebody else may. */
const ASKING_MILLISECONDS = 30_000;
const MINUTE = 60_000;
/** Of pending payments, in one run of the job. */
const MOST_AT_ONCE = 200;
/** A success may come this late and is still found without a webhook. */
const ASKED_FOR_DAYS = 7;

const plus = (at: Date, milliseconds: number): Date => new Date(at.getTime() + milliseconds);
const isOpen = ({ state }: TopUpRow): boolean => state === "INITIALISED" || state === "PENDING";
const onlineOf = ({ provider }: TopUpRow): OnlineProvider | null => (provider === "MANUAL" ? null : provider);

/**
 * Talks with payment providers about top-ups. Between what is written and what is asked the process may die at any
 * moment: the next call, or the job, takes it up again.
 */
export class Paying {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly providers: ProviderDirectory,
    private readonly publicUrl: string,
    private readonly clock: () => Date,
  ) {}

  /**
   * Sees to it that the person can pay: with the step that there is while it lives, else with a new one. Of two who ask
   * at once one goes to the provider.
   * @throws ProviderFault when it refuses or does not answer; the top-up waits to be resumed.
   */
  async begin(id: string): Promise<void> {
    const name = onlineOf(await this.system((tx) => lockTopUp(tx, id)));
    if (name === null) return;
    const provider = await connectedTo(this.kit, this.providers, name);
    // An attempt before this one may have been paid meanwhile, or may still be: then there must be no second.
    await this.asked(name, () => this.settleFormer(id, provider));
    const row = await this.system((tx) => this.claim(tx, id));
    if (!row) return;
    try {
      const begun = await this.asked(name, async () => provider.initialise(await this.requestOf(row, name)));
      await this.system((tx) => this.noteBegun(tx, row, begun));
    } catch (error) {
      await this.system((tx) => this.release(tx, row));
      throw error;
    }
  }

  /**
   * Asks the provider what became of a top-up, and applies the answer.
   * @throws ProviderFault when it refuses or does not answer.
   */
  async reconcile(id: string): Promise<void> {
    const row = await this.system((tx) => lockTopUp(tx, id));
    const name = onlineOf(row);
    if (name === null || row.attempt === 0) return;
    const provider = await connectedTo(this.kit, this.providers, name);
    await this.asked(name, () => this.ask(row, provider));
  }

  /** Asks about whatever has been pending for a while. @returns of how many the provider could not be asked. */
  async reconcileAll(): Promise<number> {
    const at = this.clock();
    const waiting = await this.system((tx) => this.waiting(tx, at));
    let failures = 0;
    for (const { id } of waiting) {
      try {
        await this.reconcile(id);
      } catch (error) {
        failures += 1;
        this.kit.logger.warn({ error, topUp: id }, "a payment provider could not be asked");
        // Lest those that cannot be asked about stand before all others for ever.
        await this.system((tx) => writeTopUp(tx, id, { reconciledAt: at }));
      }
    }
    return failures;
  }

  private async settleFormer(id: string, provider: PaymentProvider): Promise<void> {
    const row = await this.system((tx) => lockTopUp(tx, id));
    const lives = row.stepEndsAt !== null && row.stepEndsAt > this.clock();
    if (isOpen(row) && row.attempt > 0 && !lives) await this.ask(row, provider);
  }

  private async ask(row: TopUpRow, provider: PaymentProvider): Promise<void> {
    const { sessionReference, currency } = row;
    const report = await provider.query({ reference: attemptReference(row), sessionReference, currency });
    const at = this.clock();
    await this.system(async (tx) => {
      await applyWhole(tx, await lockTopUp(tx, row.id), report, at);
      await writeTopUp(tx, row.id, { reconciledAt: at });
    });
    this.kit.wakeRelay();
  }

  /** The top-up with a new attempt, which is ours for a while; null where there is nothing to ask. */
  private async claim(tx: Tx, id: string): Promise<TopUpRow | null> {
    const at = this.clock();
    const row = await lockTopUp(tx, id);
    if (!isOpen(row)) return null;
    if (row.step !== null && row.stepEndsAt !== null && row.stepEndsAt > at) return null;
    if (row.askingUntil !== null && row.askingUntil > at) return null;
    const askingUntil = plus(at, ASKING_MILLISECONDS);
    return writeTopUp(tx, id, { attempt: row.attempt + 1, askingUntil, step: null, sessionReference: null });
  }

  /** What came too late for its attempt is left alone: whoever pays it all the same is found by its reference. */
  private async noteBegun(tx: Tx, asked: TopUpRow, begun: BegunPayment): Promise<void> {
    const row = await lockTopUp(tx, asked.id);
    if (!isOpen(row) || row.attempt !== asked.attempt) return;
    const stepEndsAt = plus(this.clock(), begun.livesSeconds * 1_000);
    const { step, sessionReference } = begun;
    await writeTopUp(tx, row.id, { state: "PENDING", step, stepEndsAt, sessionReference, askingUntil: null });
  }

  private async release(tx: Tx, asked: TopUpRow): Promise<void> {
    const row = await lockTopUp(tx, asked.id);
    if (row.attempt === asked.attempt) await writeTopUp(tx, row.id, { askingUntil: null });
  }

  private async requestOf(row: TopUpRow, name: OnlineProvider): Promise<PaymentRequest> {
    const payerEmail = await this.system((tx) => readSetting(tx, "payments.payerEmail", null));
    const back = new URL(RETURN_PATH, this.publicUrl);
    back.searchParams.set("topUp", row.id);
    return {
      reference: attemptReference(row),
      amount: { minorUnits: row.amount, currency: row.currency },
      description: `Top-up ${row.reference}`,
      returnUrl: back.toString(),
      webhookUrl: new URL(webhookPath(name), this.publicUrl).toString(),
      payerEmail,
    };
  }

  private waiting(tx: Tx, at: Date): Promise<{ id: string }[]> {
    const quietFor = (minutes: number) => {
      const before = plus(at, -minutes * MINUTE);
      return or(isNull(topUp.reconciledAt), lt(topUp.reconciledAt, before));
    };
    const open = and(inArray(topUp.state, ["INITIALISED", "PENDING"]), quietFor(10));
    // Also what has ended, less often: a success that nobody told of still counts.
    const ended = and(inArray(topUp.state, ["EXPIRED", "CANCELLED", "FAILED"]), quietFor(6 * 60));
    const since = plus(at, -ASKED_FOR_DAYS * 24 * 60 * MINUTE);
    const started = and(
      ne(topUp.provider, "MANUAL"),
      ne(topUp.attempt, 0),
      lt(topUp.createdAt, plus(at, -10 * MINUTE)),
    );
    return tx.db
      .select({ id: topUp.id })
      .from(topUp)
      .where(and(or(open, ended), started, gt(topUp.createdAt, since)))
      .orderBy(sql`${topUp.reconciledAt} nulls first`)
      .limit(MOST_AT_ONCE);
  }

  private async asked<T>(name: OnlineProvider, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw faultOf(name, error);
    }
  }

  private system<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.kit.database.system("payments", work);
  }
}
