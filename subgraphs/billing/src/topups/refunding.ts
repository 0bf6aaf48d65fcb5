import type { SubgraphKit, Tx } from "@tollgate/kit";
import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { ProviderDirectory } from "../providers/directory.js";
import { type OnlineProvider, ProviderRefusal } from "../providers/provider.js";
import { connectedTo, faultOf } from "./asking.js";
import { refund } from "./refund.schema.js";
import { noteRefund, returnRefund } from "./refunds.js";
import { attemptReference } from "./reports.js";
import { type TopUpRow, topUp } from "./topup.schema.js";
import { lockTopUp } from "./writing.js";

/** Whoever asks a provider has this long; then somebody else may. */
const ASKING_MILLISECONDS = 30_000;
/** In one run of the job. */
const MOST_AT_ONCE = 200;

const onlineOf = ({ provider }: TopUpRow): OnlineProvider | null => (provider === "MANUAL" ? null : provider);

/** Brings refunds to the providers of their payments: at once, or by the job where one was away. */
export class Refunding {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly providers: ProviderDirectory,
    private readonly clock: () => Date,
  ) {}

  /** Sends whatever was not sent yet. */
  async sendAll(): Promise<void> {
    for (const { id } of await this.system((tx) => this.openRefunds(tx))) {
      try {
        await this.sendRefund(id);
      } catch (error) {
        this.kit.logger.warn({ error, refund: id }, "a payment provider could not be asked for a refund");
      }
    }
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
    const provider = await connectedTo(this.kit, this.providers, name);
    if (!provider.refund) {
      // Paid back in the provider's portal by whoever decided so, as a transfer is at the bank.
      await this.system((tx) => noteRefund(tx, id, `by hand ${id}`, true, this.clock()));
      return;
    }
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
      .set({ askingUntil: new Date(at.getTime() + ASKING_MILLISECONDS) })
      .where(mine)
      .returning();
    if (!open) return null;
    const [row] = await tx.db.select().from(topUp).where(eq(topUp.id, open.topUpId));
    if (!row) throw new Error("a refund has no top-up");
    const money = { minorUnits: open.amount, currency: row.currency };
    return { row, money, reason: open.reason, isWhole: open.amount === row.amount };
  }

  private openRefunds(tx: Tx): Promise<{ id: string }[]> {
    const unsent = and(eq(refund.state, "REQUESTED"), isNull(refund.refundReference));
    return tx.db.select({ id: refund.id }).from(refund).where(unsent).orderBy(refund.createdAt).limit(MOST_AT_ONCE);
  }

  private system<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.kit.database.system("refunds", work);
  }
}
