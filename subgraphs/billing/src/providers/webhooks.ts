import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { SubgraphKit, Tx } from "@tollgate/kit";
import type { PassThroughRequest, PassThroughResponse, PassThroughRoute } from "@tollgate/kit/protocol";
import { and, eq, inArray } from "drizzle-orm";
import { applyEffect } from "../topups/applying.js";
import { attemptReference, lockByPayment, lockByReference } from "../topups/reports.js";
import { PROVIDERS, type TopUpRow } from "../topups/topup.schema.js";
import type { ProviderDirectory } from "./directory.js";
import { type ProviderEventRow, providerEvent } from "./event.schema.js";
import { webhookPath } from "./paths.js";
import { platformOf } from "./platform.js";
import {
  type Notice,
  type NoticeEffect,
  type OnlineProvider,
  type PaymentProvider,
  WebhookRefusal,
  type WebhookRequest,
} from "./provider.js";
import { RefusedWebhooks } from "./refused.js";

/** Of a body: the largest that providers send have some ten kilobytes. */
const MOST_WEBHOOK_BYTES = 256 * 1024;
/** Midtrans wants an answer within five seconds. What is stored is applied without the provider's waiting for it. */
const ANSWER_MILLISECONDS = 4_000;
const LONGEST_ID = 200;
const LONGEST_KIND = 100;
const ONLINE = PROVIDERS.filter((name) => name !== "MANUAL");

const answer = (status: number, body: string, contentType = "text/plain; charset=utf-8"): PassThroughResponse => ({
  status,
  headers: { "content-type": contentType, "cache-control": "no-store" },
  body,
});

const isOver = ({ state }: ProviderEventRow): boolean => state !== "RECEIVED" && state !== "FAILED";

/**
 * Takes the webhooks of payment providers: the signature is checked, the event stored, then applied under the lock of its
 * top-up. Whatever is told twice, at once or late comes to the same.
 */
export class Webhooks {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly refused: RefusedWebhooks;

  /** @param computerClock that signatures are compared with, which the books' clock may be far from. */
  constructor(
    private readonly kit: SubgraphKit,
    private readonly providers: ProviderDirectory,
    private readonly clock: () => Date,
    private readonly computerClock: () => Date = () => new Date(),
  ) {
    this.refused = new RefusedWebhooks(kit, clock);
  }

  routes(): PassThroughRoute[] {
    return ONLINE.map((name) => ({
      method: "POST",
      path: webhookPath(name),
      maxBytes: MOST_WEBHOOK_BYTES,
      handle: (request) => this.receive(name, request),
    }));
  }

  /** Takes a webhook that did not come by the network. @returns the status that it is answered with. */
  async deliver(name: OnlineProvider, { rawBody, headers }: WebhookRequest): Promise<number> {
    const place = { method: "POST", path: webhookPath(name), query: new URLSearchParams() };
    return (await this.receive(name, { ...place, rawBody, headers, address: "127.0.0.1" })).status;
  }

  /** Applies once more what could not be applied; what fails again is kept as FAILED. */
  async replay(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.process(id).catch(() => undefined); // kept with the event, as FAILED
  }

  private async receive(name: OnlineProvider, request: PassThroughRequest): Promise<PassThroughResponse> {
    const provider = await this.providers.connected(this.kit.database, name);
    if (!provider) return answer(404, "This provider is not set up here.");
    const notice = await this.understood(provider, request);
    if (!notice) return answer(400, "This webhook is not believed.");
    const event = await this.store(name, notice, request.rawBody);
    if (!isOver(event) && (await this.attempt(event.id)) === "FAILED") {
      return answer(500, "This webhook could not be applied; send it again.");
    }
    const { body, contentType } = this.providers.adapter(name)?.acknowledgement ?? {
      body: "OK",
      contentType: "text/plain; charset=utf-8",
    };
    return answer(200, body, contentType);
  }

  /** Null for what is not believed, which leaves a record. */
  private async understood(provider: PaymentProvider, request: PassThroughRequest): Promise<Notice | null> {
    try {
      provider.verifyWebhook(request, this.computerClock());
      return provider.readWebhook(request.rawBody);
    } catch (error) {
      if (!(error instanceof WebhookRefusal)) throw error;
      await this.refused.note(provider.name, request, error.message);
      return null;
    }
  }

  /** The event as it is kept, from now or from an earlier delivery. */
  private async store(name: OnlineProvider, notice: Notice, body: Uint8Array): Promise<ProviderEventRow> {
    const providerEventId =
      notice.eventId.length <= LONGEST_ID ? notice.eventId : createHash("sha256").update(notice.eventId).digest("hex");
    return this.system(async (tx) => {
      const organisationId = await platformOf(tx);
      const kind = notice.kind.slice(0, LONGEST_KIND);
      const values = { organisationId, provider: name, providerEventId, kind, receivedAt: this.clock() };
      await tx.db
        .insert(providerEvent)
        .values({ ...values, state: "RECEIVED", body })
        .onConflictDoNothing();
      const same = and(eq(providerEvent.provider, name), eq(providerEvent.providerEventId, providerEventId));
      const [row] = await tx.db.select().from(providerEvent).where(same);
      if (!row) throw new Error("an event that was stored is gone");
      return row;
    });
  }

  /** Applies an event for as long as its sender may wait. FAILED is kept with the event; what is LATE goes on by itself. */
  private async attempt(id: string): Promise<"APPLIED" | "FAILED" | "LATE"> {
    const answered = new AbortController();
    const applied = this.process(id).then(
      () => "APPLIED" as const,
      () => "FAILED" as const,
    );
    const late = delay(ANSWER_MILLISECONDS, "LATE" as const, { signal: answered.signal });
    try {
      return await Promise.race([applied, late]);
    } finally {
      answered.abort();
    }
  }

  /** Deliveries of the same event at the same time wait for one another. @throws when it could not be applied. */
  private process(id: string): Promise<void> {
    const known = this.underWay.get(id) ?? null;
    if (known !== null) return known;
    const work = this.applyStored(id).finally(() => this.underWay.delete(id));
    this.underWay.set(id, work);
    return work;
  }

  private async applyStored(id: string): Promise<void> {
    try {
      const [event] = await this.system((tx) => tx.db.select().from(providerEvent).where(eq(providerEvent.id, id)));
      if (!event?.body || isOver(event)) return;
      const provider = await this.providers.connected(this.kit.database, event.provider);
      if (!provider) throw new Error("The provider is not set up any more.");
      const { effect } = provider.readWebhook(event.body);
      const known = effect.kind === "ASK" ? await this.ask(provider, effect) : effect;
      await this.system((tx) => this.apply(tx, id, known));
      this.kit.wakeRelay();
    } catch (error) {
      this.kit.logger.error({ error, providerEvent: id }, "a webhook could not be applied");
      const problem = error instanceof Error ? error.message.slice(0, 300) : "Unknown.";
      await this.system((tx) =>
        tx.db
          .update(providerEvent)
          .set({ state: "FAILED", problem, failedAt: this.clock() })
          .where(and(eq(providerEvent.id, id), inArray(providerEvent.state, ["RECEIVED", "FAILED"]))),
      );
      throw error;
    }
  }

  /** What the provider says when it is asked: not everything in its webhook is signed. */
  private async ask(provider: PaymentProvider, effect: Extract<NoticeEffect, { kind: "ASK" }>): Promise<NoticeEffect> {
    const { reference } = effect;
    const row = await this.system((tx) => lockByReference(tx, provider.name, reference));
    if (!row) return { kind: "PAYMENT", report: { ...NOBODY, reference } };
    const newest = reference === attemptReference(row) ? row.sessionReference : null;
    const sessionReference = effect.sessionReference ?? newest;
    const report = await provider.query({ reference, sessionReference, currency: row.currency });
    return { kind: "PAYMENT", report };
  }

  private async apply(tx: Tx, id: string, effect: NoticeEffect): Promise<void> {
    const [event] = await tx.db.select().from(providerEvent).where(eq(providerEvent.id, id)).for("update");
    if (!event || isOver(event)) return; // another process was quicker
    const at = this.clock();
    const row = await topUpOf(tx, event.provider, effect);
    const { state, problem } = await applyEffect(tx, row, effect, at);
    const where = row ? { organisationId: row.organisationId, topUpId: row.id } : {};
    const appliedAt = state === "REFUSED" ? null : at;
    await tx.db
      .update(providerEvent)
      .set({ ...where, state, problem, appliedAt, body: null })
      .where(eq(providerEvent.id, id));
  }

  private system<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.kit.database.system("payment-webhooks", work);
  }
}

const NOBODY = { state: "UNKNOWN", amount: null, paymentReference: null, reason: null } as const;

const topUpOf = (tx: Tx, name: OnlineProvider, effect: NoticeEffect): Promise<TopUpRow | null> => {
  if (effect.kind === "PAYMENT") return lockByReference(tx, name, effect.report.reference);
  return "paymentReference" in effect ? lockByPayment(tx, name, effect.paymentReference) : Promise.resolve(null);
};
