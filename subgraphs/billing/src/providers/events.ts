import {
  audit,
  type Connection,
  connectionOf,
  homeOrganisation,
  InvalidInputFault,
  inScope,
  NotFoundFault,
  once,
  type PageArguments,
  pageSize,
  requireId,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, gte, inArray, isNotNull, lt, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import type { Provider } from "../topups/topup.schema.js";
import { type ProviderEventRow, type ProviderEventState, providerEvent } from "./event.schema.js";

/** Replayed with one mutation. */
const MOST_REPLAYED = 100;
const DAY = 86_400_000;
const BODIES_KEPT = 90 * DAY;

export interface EventFilter {
  provider?: Provider | null;
  state?: readonly ProviderEventState[] | null;
  topUpId?: string | null;
  period?: { from: Date; to: Date } | null;
}

/** Webhooks of the estate's payments, newest first. */
export const listEvents = async (
  tx: Tx,
  page: PageArguments,
  { provider, state, topUpId, period }: EventFilter,
): Promise<Connection<ProviderEventRow>> => {
  if (topUpId) requireId("top-up", topUpId);
  const after = timeCursor(page.after);
  const { receivedAt, id, organisationId } = providerEvent;
  const rows = await tx.db
    .select()
    .from(providerEvent)
    .where(
      and(
        inScope(tx, organisationId),
        // A manual transfer has no webhooks.
        provider === "MANUAL" ? sql`false` : provider ? eq(providerEvent.provider, provider) : undefined,
        state ? inArray(providerEvent.state, [...state]) : undefined,
        topUpId ? eq(providerEvent.topUpId, topUpId) : undefined,
        period ? and(gte(receivedAt, period.from), lt(receivedAt, period.to)) : undefined,
        after ? sql`(${receivedAt}, ${id}) < (${after.at}::timestamptz, ${after.id}::uuid)` : undefined,
      ),
    )
    .orderBy(desc(receivedAt), desc(id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.receivedAt.toISOString(), row.id]);
};

export interface WantedReplay {
  providerEventIds: readonly string[];
  idempotencyKey: string;
}

/**
 * Which of these webhooks are to be applied once more: those that were not, and that are kept whole.
 * @throws NotFoundFault for one outside of the estate; InvalidInputFault for none or more than a hundred.
 */
export const requestReplay = async (tx: Tx, wanted: WantedReplay, at: Date): Promise<string[]> => {
  const { providerEventIds, idempotencyKey: key } = wanted;
  const ids = [...new Set(providerEventIds)].sort();
  for (const id of ids) requireId("provider event", id);
  if (ids.length === 0 || ids.length > MOST_REPLAYED) {
    throw InvalidInputFault.of("providerEventIds", "OUT_OF_RANGE", `Name 1 to ${MOST_REPLAYED} events.`);
  }
  const claim = { organisationId: homeOrganisation(requireUser(tx.caller)), key, operation: "replayProviderEvents" };
  return once(tx, { ...claim, input: { ids } }, at, async () => {
    const rows = await tx.db
      .select({ id: providerEvent.id, state: providerEvent.state, organisationId: providerEvent.organisationId })
      .from(providerEvent)
      .where(and(inScope(tx, providerEvent.organisationId), inArray(providerEvent.id, ids)));
    const missing = ids.find((id) => !rows.some((row) => row.id === id));
    if (missing) throw new NotFoundFault("provider event", missing);
    for (const { id: resourceId, state, organisationId } of rows) {
      const about = { resource: "providerEvent", resourceId, organisationId };
      await audit(tx, "billing", { action: "operations:replay", ...about, before: { state } });
    }
    return rows.filter(({ state }) => state === "FAILED" || state === "RECEIVED").map(({ id }) => id);
  });
};

/** Those that a process left behind, or that failed; first whichever waits longest, so that what fails for ever holds up none. */
export const openEvents = async (tx: Tx, before: Date): Promise<string[]> => {
  const open = and(inArray(providerEvent.state, ["RECEIVED", "FAILED"]), lt(providerEvent.receivedAt, before));
  const rows = await tx.db
    .select({ id: providerEvent.id })
    .from(providerEvent)
    .where(and(open, isNotNull(providerEvent.body)))
    .orderBy(sql`coalesce(${providerEvent.failedAt}, ${providerEvent.receivedAt})`, providerEvent.receivedAt)
    .limit(MOST_REPLAYED);
  return rows.map(({ id }) => id);
};

/** Forgets what webhooks said that could not be applied for three months: nobody will any more. */
export const forgetBodies = async (tx: Tx, at: Date): Promise<void> => {
  const old = and(isNotNull(providerEvent.body), lt(providerEvent.receivedAt, new Date(at.getTime() - BODIES_KEPT)));
  await tx.db.update(providerEvent).set({ body: null }).where(old);
};
