import type { Tx } from "@tollgate/kit";
import type { TenancyChange } from "@tollgate/kit/protocol";
import { and, eq, inArray, isNotNull, isNull, ne, sql } from "drizzle-orm";
import { whatsappSession } from "./session.schema.js";
import { changeSessions } from "./states.js";

const NEXT_GENERATION = sql`${whatsappSession.generation} + 1` as never; // a column's next value, where its type wants a number

/**
 * Stops the sessions of organisations that are suspended or closed, and connects again those that were stopped for it.
 * Doing it again changes nothing.
 */
export const followStatus = async (tx: Tx, changes: readonly TenancyChange[], at: Date): Promise<void> => {
  const stopped = changes.filter(({ status }) => status !== "ACTIVE").map(({ organisationId }) => organisationId);
  const active = changes.filter(({ status }) => status === "ACTIVE").map(({ organisationId }) => organisationId);
  if (stopped.length > 0) {
    const running = and(inArray(whatsappSession.organisationId, stopped), ne(whatsappSession.goal, "STOPPED"));
    const change = {
      status: "FAILED",
      goal: "STOPPED",
      failureReason: "ORGANISATION_SUSPENDED",
      failureMessage: "The organisation is suspended; WhatsApp is off until it is active again.",
      connectedAt: null,
      generation: NEXT_GENERATION,
    } as const;
    await changeSessions(tx, running, change, at);
  }
  if (active.length > 0) {
    const resumable = and(
      inArray(whatsappSession.organisationId, active),
      eq(whatsappSession.failureReason, "ORGANISATION_SUSPENDED"),
      isNull(whatsappSession.removedAt),
    );
    const paired = and(resumable, isNotNull(whatsappSession.credentials));
    const generation = NEXT_GENERATION;
    await changeSessions(tx, paired, { status: "CONNECTING", goal: "CONNECTED", generation }, at);
    await changeSessions(tx, resumable, { status: "DISCONNECTED", generation }, at);
  }
};
