import type { Tx } from "@tollgate/kit";
import type { TenancyChange } from "@tollgate/kit/protocol";
import { and, eq, inArray, isNotNull, isNull, ne, sql } from "drizzle-orm";
import { failQueued } from "../conversations/queue.js";
import { whatsappSession } from "./session.schema.js";
import { forgetSimulatedPhone, LOGGED_OUT } from "./sessions.js";
import { changeSessions } from "./states.js";

const NEXT_GENERATION = sql`${whatsappSession.generation} + 1` as never; // a column's next value, where its type wants a number

/** Logs out what an organisation has paired: its credentials are destroyed, and what waits to be sent is given up. */
const endSessions = async (tx: Tx, organisationIds: readonly string[], at: Date): Promise<void> => {
  const own = and(
    inArray(whatsappSession.organisationId, [...organisationIds]),
    ne(whatsappSession.status, "LOGGED_OUT"),
  );
  const ended = await changeSessions(tx, own, { ...LOGGED_OUT, generation: NEXT_GENERATION }, at);
  for (const { id } of ended) {
    await forgetSimulatedPhone(tx, id);
    await failQueued(tx, id, "The organisation is closed.");
  }
};

/**
 * Stops the sessions of organisations that are suspended, connects again those that were stopped for it, and ends those
 * of organisations that are closed. Doing it again changes nothing.
 */
export const followStatus = async (tx: Tx, changes: readonly TenancyChange[], at: Date): Promise<void> => {
  const those = (wanted: TenancyChange["status"]) =>
    changes.filter(({ status }) => status === wanted).map(({ organisationId }) => organisationId);
  const [stopped, active, closed] = [those("SUSPENDED"), those("ACTIVE"), those("CLOSED")];
  if (closed.length > 0) await endSessions(tx, closed, at);
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
