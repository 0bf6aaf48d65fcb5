import { createHash } from "node:crypto";
import { audit, type SubgraphKit, type Tx } from "@tollgate/kit";
import type { PassThroughRequest } from "@tollgate/kit/protocol";
import { providerEvent } from "./event.schema.js";
import { platformOf } from "./platform.js";
import type { OnlineProvider } from "./provider.js";

const WINDOW_MILLISECONDS = 60_000;
/** Kept of each provider's in a minute: whoever knocks a thousand times shall not fill the table. */
const MOST_IN_WINDOW = 10;

/** Webhooks that are not believed: the first few of each minute are kept and recorded, without what they said. */
export class RefusedWebhooks {
  private readonly counts = new Map<OnlineProvider, { since: number; count: number }>();

  constructor(
    private readonly kit: SubgraphKit,
    private readonly clock: () => Date,
  ) {}

  async note(name: OnlineProvider, { rawBody, address }: PassThroughRequest, problem: string): Promise<void> {
    if (!this.mayKeep(name)) return;
    const digest = createHash("sha256").update(rawBody).digest("hex");
    await this.kit.database.system("payment-webhooks", (tx) => this.keep(tx, name, digest, address, problem));
    this.kit.wakeRelay();
  }

  private async keep(tx: Tx, name: OnlineProvider, digest: string, address: string, problem: string): Promise<void> {
    const organisationId = await platformOf(tx);
    const providerEventId = `refused ${digest}`;
    const values = { organisationId, provider: name, providerEventId, kind: "unknown", receivedAt: this.clock() };
    const [kept] = await tx.db
      .insert(providerEvent)
      .values({ ...values, state: "REFUSED", problem })
      .onConflictDoNothing()
      .returning({ id: providerEvent.id });
    if (!kept) return;
    await audit(tx, "billing", {
      action: "security:webhookRefused",
      resource: "providerEvent",
      resourceId: kept.id,
      organisationId,
      outcome: "REFUSED",
      problem: "FORBIDDEN",
      after: { provider: name, problem, address },
    });
  }

  private mayKeep(name: OnlineProvider): boolean {
    const now = performance.now();
    const known = this.counts.get(name);
    if (!known || now - known.since >= WINDOW_MILLISECONDS) {
      this.counts.set(name, { since: now, count: 1 });
      return true;
    }
    known.count += 1;
    return known.count <= MOST_IN_WINDOW;
  }
}
