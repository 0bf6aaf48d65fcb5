import { emit, type Tx } from "@tollgate/kit";
import { and, eq, type SQL, sql } from "drizzle-orm";
import { tellReadiness } from "../codes/readiness.js";
import { type SessionRow, type SessionStatus, whatsappSession } from "./session.schema.js";

/** The live topic of one session; its events say that there is news, never what: codes do not travel. */
export const sessionTopic = (sessionId: string): string => `whatsapp-session:${sessionId}`;

const NO_CODE = { sealedCode: null, codeExpiresAt: null, attempt: 0, attempts: 0, nextAttemptAt: null };

export type SessionChange = Partial<Omit<SessionRow, "id" | "organisationId" | "revision">> & { status: SessionStatus };

/**
 * Moves sessions into a state and tells whoever watches. What belonged to the state before (codes, failure, plans) is
 * gone unless the change brings its own.
 * @returns the sessions that `where` held for.
 */
export const changeSessions = async (
  tx: Tx,
  where: SQL | undefined,
  change: SessionChange,
  at: Date,
): Promise<SessionRow[]> => {
  const changed = await tx.db
    .update(whatsappSession)
    .set({
      ...NO_CODE,
      pairingPhone: null,
      failureReason: null,
      failureMessage: null,
      statusChangedAt: at,
      revision: sql`${whatsappSession.revision} + 1`,
      ...change,
    })
    .where(where)
    .returning();
  for (const { id, organisationId } of changed) {
    const topic = sessionTopic(id);
    await emit(tx, { type: "whatsapp.changed", aggregateId: id, organisationId, payload: { sessionId: id }, topic });
  }
  const organisationIds = [...new Set(changed.map(({ organisationId }) => organisationId))];
  if (organisationIds.length > 0) await tellReadiness(tx, organisationIds);
  return changed;
};

/** Moves one session on somebody's wish: what was under way for an older wish ends. */
export const redirect = async (tx: Tx, session: SessionRow, change: SessionChange, at: Date): Promise<SessionRow> => {
  const generation = session.generation + 1;
  const [changed] = await changeSessions(tx, eq(whatsappSession.id, session.id), { ...change, generation }, at);
  if (!changed) throw new Error("a locked session has gone");
  return changed;
};

/** The session as long as it is run by one holder for one wish. */
export const heldBy = ({ id, holder, fence, generation }: SessionRow): SQL | undefined =>
  holder === null
    ? sql`false`
    : and(
        eq(whatsappSession.id, id),
        eq(whatsappSession.holder, holder),
        eq(whatsappSession.fence, fence),
        eq(whatsappSession.generation, generation),
      );
