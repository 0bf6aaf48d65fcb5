import { readSetting, type SubgraphKit, type Tx } from "@tollgate/kit";
import { and, asc, eq, gt, inArray, isNull, lt, ne, or } from "drizzle-orm";
import type { ProviderDirectory } from "../providers/directory.js";
import { RETURN_PATH, webhookPath } from "../providers/paths.js";
import {
  type BegunPayment,
  type OnlineProvider,
  type PaymentProvider,
  type PaymentRequest,
  ProviderAway,
  ProviderRefusal,
} from "../providers/provider.js";
import { applyWhole } from "./applying.js";
import { refund } from "./refund.schema.js";
import { noteRefund, returnRefund } from "./refunds.js";
import { attemptReference } from "./reports.js";
import { ProviderFault } from "./topup.problems.js";
import { type TopUpRow, topUp } from "./topup.schema.js";
import { lockTopUp, writeTopUp } from "./writing.js";

/** Whoever asks a provider has this long; then somebody else may. */
const ASKING_MILLISECONDS = 30_000;
const MINUTE = 60_000;
/** Of pending payments and open refunds, in one run of the job. */
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
    const provider = await this.connected(name);
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
    const provider = await this.connected(name);
    await this.asked(name, () => this.ask(row, provider));
  }

  /** Asks about whatever has been pending for a while, and sends refunds that were not sent. @returns how many failed. */
  async reconcileAll(): Promise<number> {
    const at = this.clock();
    const waiting = await this.system((tx) => this.waiting(tx, at));
    const refunds = await this.system((tx) => this.openRefunds(tx));
    const tries = [
      ...waiting.map(
        ({ id }) =>
          () =>
            this.reconcile(id),
      ),
      ...refunds.map(
        ({ id }) =>
          () =>
            this.sendRefund(id),
      ),
    ];
    let failures = 0;
    for (const attempt of tries) {
      try {
        await attempt();
      } catch (error) {
        failures += 1;
        this.kit.logger.warn({ error }, "a payment provider could not be asked");
      }
    }
    return failures;
  }

  /** Sends what was taken from the wallet for refunds of a top-up to the provider. @throws ProviderFault as above. */
  async sendRefunds(topUpId: string): Promise<void> {
    const open = await this.system((tx) =>
      tx.db
        .select({ id: refund.id })
        .from(refund)
        .where(and(eq(refund.topUpId, topUpId), eq(refund.state, "REQUESTED"))),
    );
    for (const { id } of open) await this.sendRefund(id);
  }

  private async sendRefund(id: string): Promise<void> {
    const claimed = await this.system((tx) => this.claimRefund(tx, id));
    if (!claimed) return;
    const { row, money, reason, isWhole } = claimed;
    const name = onlineOf(row);
    if (name === null || row.paymentReference === null) return;
    const provider = await this.connected(name);
    if (!provider.refund) return;
    const { paymentReference } = row;
    const reference = attemptReference(row);
    try {
      const request = { refundId: id, paymentReference, reference, amount: money, isWhole, reason };
      const { refundReference, state } = await provider.refund(request);
      await this.system((tx) => noteRefund(tx, id, refundReference, state === "DONE", this.clock()));
    } catch (error) {
      if (!(error instanceof ProviderRefusal)) throw faultOf(name, error);
      await this.system((tx) => this.giveUpRefund(tx, row.id, id, error.message));
    }
    this.kit.wakeRelay();
  }

  private async giveUpRefund(tx: Tx, topUpId: string, id: string, problem: string): Promise<void> {
    const row = await lockTopUp(tx, topUpId);
    const [failed] = await tx.db.select().from(refund).where(eq(refund.id, id)).for("update");
    if (failed?.state === "REQUESTED") await returnRefund(tx, row, failed, problem, this.clock());
  }

  private async claimRefund(tx: Tx, id: string) {
    const at = this.clock();
    const free = or(isNull(refund.askingUntil), lt(refund.askingUntil, at));
    const mine = and(eq(refund.id, id), eq(refund.state, "REQUESTED"), isNull(refund.refundReference), free);
    const [open] = await tx.db
      .update(refund)
      .set({ askingUntil: plus(at, ASKING_MILLISECONDS) })
      .where(mine)
      .returning();
    if (!open) return null;
    const [row] = await tx.db.select().from(topUp).where(eq(topUp.id, open.topUpId));
    if (!row) throw new Error("a refund has no top-up");
    const money = { minorUnits: open.amount, currency: row.currency };
    return { row, money, reason: open.reason, isWhole: open.amount === row.amount };
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
    const quiet = plus(at, -10 * MINUTE);
    // Also what has ended: a success that nobody told of still counts.
    const may = inArray(topUp.state, ["INITIALISED", "PENDING", "EXPIRED", "CANCELLED"]);
    const since = plus(at, -ASKED_FOR_DAYS * 24 * 60 * MINUTE);
    const due = or(isNull(topUp.reconciledAt), lt(topUp.reconciledAt, quiet));
    const started = and(ne(topUp.provider, "MANUAL"), ne(topUp.attempt, 0), lt(topUp.createdAt, quiet));
    return tx.db
      .select({ id: topUp.id })
      .from(topUp)
      .where(and(may, started, due, gt(topUp.createdAt, since)))
      .orderBy(asc(topUp.reconciledAt))
      .limit(MOST_AT_ONCE);
  }

  private openRefunds(tx: Tx): Promise<{ id: string }[]> {
    const unsent = and(eq(refund.state, "REQUESTED"), isNull(refund.refundReference));
    return tx.db.select({ id: refund.id }).from(refund).where(unsent).orderBy(refund.createdAt).limit(MOST_AT_ONCE);
  }

  private async connected(name: OnlineProvider): Promise<PaymentProvider> {
    const provider = await this.providers.connected(this.kit.database, name);
    if (!provider) throw new ProviderFault(name, "This way of paying is not set up; choose another one.");
    return provider;
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

const faultOf = (name: OnlineProvider, error: unknown): unknown => {
  if (error instanceof ProviderRefusal) return new ProviderFault(name, `The provider refused: ${error.message}`);
  if (error instanceof ProviderAway) return new ProviderFault(name, "The provider does not answer; try again shortly.");
  return error;
};
