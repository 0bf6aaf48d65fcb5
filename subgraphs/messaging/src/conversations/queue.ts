import type { Tx } from "@tollgate/kit";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Receipt } from "../whatsapp/driver.js";
import { tellMessages } from "./changes.js";
import { type MessageRow, message } from "./conversation.schema.js";

/** Tries before a message is given up, visibly. */
export const TRIES = 3;
/** To one contact. */
const MOST_A_MINUTE = 10;
/** A holder that died keeps its successor from a message for this long. */
const HANDED_OVER_SECONDS = 30;

/**
 * Takes messages of a session that are due, at most one of each conversation, so that none overtakes another. What was
 * taken is nobody else's for a while.
 */
export const claimMessages = async (tx: Tx, sessionId: string, limit: number, now: Date): Promise<MessageRow[]> => {
  const at = now.toISOString();
  const due = await tx.sql<{ id: string }[]>`
    select m.id from message m
     where m.session_id = ${sessionId} and m.state = 'QUEUED' and m.next_attempt_at <= ${at}
       and not exists (select 1 from message e where e.session_id = m.session_id and e.state = 'QUEUED'
         and e.conversation_id = m.conversation_id and (e.created_at, e.id) < (m.created_at, m.id))
       and (select count(*) from message s where s.conversation_id = m.conversation_id and s.direction = 'OUTBOUND'
         and s.sent_at > ${at}::timestamptz - interval '1 minute') < ${MOST_A_MINUTE}
     order by m.created_at, m.id limit ${limit} for update of m skip locked`;
  if (due.length === 0) return [];
  return await tx.db
    .update(message)
    .set({
      attempts: sql`${message.attempts} + 1`,
      nextAttemptAt: new Date(now.getTime() + HANDED_OVER_SECONDS * 1_000),
    })
    .where(
      inArray(
        message.id,
        due.map(({ id }) => id),
      ),
    )
    .returning();
};

/** The claim is still ours: nobody took the message again, and it has not moved on. */
const stillClaimed = (claimed: MessageRow) =>
  and(eq(message.id, claimed.id), eq(message.state, "QUEUED"), eq(message.attempts, claimed.attempts));

export const recordSent = async (tx: Tx, claimed: MessageRow, at: Date): Promise<void> => {
  const sent = await tx.db
    .update(message)
    .set({ state: "SENT", sentAt: at, nextAttemptAt: null, failureReason: null })
    .where(stillClaimed(claimed))
    .returning();
  await tellMessages(tx, sent);
};

/** Another try after a growing pause, or FAILED after the last one or where no other would help. */
export const recordFailure = async (tx: Tx, claimed: MessageRow, reason: string, isFinal: boolean, at: Date) => {
  const givenUp = isFinal || claimed.attempts >= TRIES;
  const again = { nextAttemptAt: new Date(at.getTime() + 2 ** claimed.attempts * 1_000) };
  const failed = await tx.db
    .update(message)
    .set({ failureReason: reason.slice(0, 500), ...(givenUp ? { state: "FAILED", nextAttemptAt: null } : again) })
    .where(stillClaimed(claimed))
    .returning();
  await tellMessages(tx, failed);
};

const EARLIER = { DELIVERED: ["QUEUED", "SENT"], READ: ["QUEUED", "SENT", "DELIVERED"] } as const;

/** Moves a message forwards; a receipt that comes late changes nothing. */
export const recordReceipt = async (tx: Tx, sessionId: string, receipt: Receipt): Promise<void> => {
  const { messageId, state, at } = receipt;
  const read = state === "READ" ? { readAt: at } : {};
  const moved = await tx.db
    .update(message)
    .set({
      state,
      sentAt: sql`coalesce(${message.sentAt}, ${at.toISOString()})`,
      deliveredAt: sql`coalesce(${message.deliveredAt}, ${at.toISOString()})`,
      nextAttemptAt: null,
      ...read,
    })
    .where(
      and(eq(message.id, messageId), eq(message.sessionId, sessionId), inArray(message.state, [...EARLIER[state]])),
    )
    .returning();
  await tellMessages(tx, moved);
};

/** Gives up what a session has not sent yet. */
export const failQueued = async (tx: Tx, sessionId: string, reason: string): Promise<void> => {
  const failed = await tx.db
    .update(message)
    .set({ state: "FAILED", failureReason: reason, nextAttemptAt: null })
    .where(and(eq(message.sessionId, sessionId), eq(message.state, "QUEUED")))
    .returning();
  await tellMessages(tx, failed);
};

/** How many messages wait, by session. */
export const queuedOf = async (tx: Tx, sessionIds: readonly string[]): Promise<Map<string, number>> => {
  const rows = await tx.db
    .select({ sessionId: message.sessionId, queued: sql<number>`count(*)::int` })
    .from(message)
    .where(and(inArray(message.sessionId, [...sessionIds]), eq(message.state, "QUEUED")))
    .groupBy(message.sessionId);
  return new Map(rows.map(({ sessionId, queued }) => [sessionId, queued]));
};
