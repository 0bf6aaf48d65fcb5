import type { Tx } from "@tollgate/kit";
import type { TenancyChange } from "@tollgate/kit/protocol";
import { and, asc, inArray, isNull } from "drizzle-orm";
import { revokeApiKey } from "../api-keys/api-keys.js";
import { endSessions } from "../sessions/sessions.js";
import { apiKey, session } from "../tables.js";

/**
 * Ends the sessions of the people of organisations that are closed, and these organisations' API keys, for every process
 * within a second. Nobody of them signs in again. Doing it again changes nothing.
 */
export const followClosing = async (tx: Tx, changes: readonly TenancyChange[], now: Date): Promise<void> => {
  const closed = changes.filter(({ status }) => status === "CLOSED").map(({ organisationId }) => organisationId);
  if (closed.length === 0) return;
  const sessions = await tx.db
    .select({ id: session.id })
    .from(session)
    .where(and(inArray(session.organisationId, closed), isNull(session.endedAt)));
  await endSessions(
    tx,
    sessions.map(({ id }) => id),
    "ORGANISATION_CLOSED",
    now,
  );
  const keys = await tx.db
    .select({ id: apiKey.id })
    .from(apiKey)
    .where(and(inArray(apiKey.organisationId, closed), isNull(apiKey.revokedAt)))
    .orderBy(asc(apiKey.id));
  for (const { id } of keys) await revokeApiKey(tx, id, now);
};
