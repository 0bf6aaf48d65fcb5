import { randomUUID } from "node:crypto";
import { isId, type Sealer, type Tx } from "@tollgate/kit";
import { and, desc, eq, gt, isNull, notInArray, sql } from "drizzle-orm";
import type { Channel } from "../factors/channels.js";
import { challenge } from "../tables.js";
import type { UserRow } from "../users/users.js";
import { type Codes, sendCode } from "./codes.js";

export type ChallengeRow = typeof challenge.$inferSelect;

export const CODE_MINUTES = 5;
const TRIES = 5;
const RESENDS = 3;
const RESEND_SECONDS = 30;
/** Challenges of one user that are open at once; another one ends the oldest. */
const MOST_OPEN = 3;
/** Codes that one user is sent within 15 minutes. */
const MOST_SENT = 30;
const SENT_MINUTES = 15;

export interface CodeTools {
  codes: Codes;
  sealer: Sealer;
}

const expiryFrom = (now: Date) => new Date(now.getTime() + CODE_MINUTES * 60_000);
const resendFrom = (now: Date) => new Date(now.getTime() + RESEND_SECONDS * 1_000);

/**
 * Asks a user for a code, and sends it unless an app makes it. The challenge's id is random, not sequential: it is all
 * that a client shows. The caller has serialised sign-ins of this user, and looked at `waitForRoom`.
 */
export const issueChallenge = async (
  tx: Tx,
  user: UserRow,
  channel: Channel,
  tools: CodeTools,
  now: Date,
): Promise<ChallengeRow> => {
  await endOldest(tx, user.id, now);
  const id = randomUUID();
  const code = channel === "AUTHENTICATOR" ? null : tools.codes.make();
  const [row] = await tx.db
    .insert(challenge)
    .values({
      id,
      organisationId: user.organisationId,
      userId: user.id,
      channel,
      codeHash: code === null ? null : tools.codes.hash(id, code),
      attemptsLeft: TRIES,
      resendsLeft: RESENDS,
      resendAllowedAt: resendFrom(now),
      expiresAt: expiryFrom(now),
      createdAt: now,
    })
    .returning();
  if (!row) throw new Error("insert gave no row");
  if (channel !== "AUTHENTICATOR" && code !== null)
    await sendCode(tx, user, channel, code, row.expiresAt, tools.sealer);
  return row;
};

/** A new code in place of the one before, perhaps by another channel. The caller has checked that it is allowed. */
export const reissueChallenge = async (
  tx: Tx,
  row: ChallengeRow,
  user: UserRow,
  channel: Channel,
  tools: CodeTools,
  now: Date,
): Promise<ChallengeRow> => {
  const code = channel === "AUTHENTICATOR" ? null : tools.codes.make();
  const [renewed] = await tx.db
    .update(challenge)
    .set({
      channel,
      codeHash: code === null ? null : tools.codes.hash(row.id, code),
      attemptsLeft: TRIES,
      resendsLeft: row.resendsLeft - 1,
      resendAllowedAt: resendFrom(now),
      expiresAt: expiryFrom(now),
    })
    .where(eq(challenge.id, row.id))
    .returning();
  if (!renewed) throw new Error("update gave no row");
  if (channel !== "AUTHENTICATOR" && code !== null)
    await sendCode(tx, user, channel, code, renewed.expiresAt, tools.sealer);
  return renewed;
};

/** Whose an open challenge is, without locking it; null when it is unknown, used, or out of tries. */
export const ownerOfChallenge = async (tx: Tx, id: string): Promise<string | null> => {
  if (!isId(id)) return null;
  const [row] = await tx.db.select({ userId: challenge.userId }).from(challenge).where(open(id));
  return row?.userId ?? null;
};

/** The challenge, locked until the transaction ends; null when it is unknown, used, or out of tries. */
export const openChallenge = async (tx: Tx, id: string): Promise<ChallengeRow | null> => {
  const [row] = await tx.db.select().from(challenge).where(open(id)).for("update");
  return row ?? null;
};

const open = (id: string) => and(eq(challenge.id, id), isNull(challenge.consumedAt), gt(challenge.attemptsLeft, 0));

export const spendTry = async (tx: Tx, row: ChallengeRow): Promise<number> => {
  const left = row.attemptsLeft - 1;
  await tx.db.update(challenge).set({ attemptsLeft: left }).where(eq(challenge.id, row.id));
  return left;
};

export const consume = async (tx: Tx, row: ChallengeRow, now: Date): Promise<void> => {
  await tx.db.update(challenge).set({ consumedAt: now }).where(eq(challenge.id, row.id));
};

/** Ends all open challenges of a user: what they were asked for has changed. */
export const endChallenges = async (tx: Tx, userId: string, now: Date): Promise<void> => {
  await tx.db
    .update(challenge)
    .set({ consumedAt: now })
    .where(and(eq(challenge.userId, userId), isNull(challenge.consumedAt)));
};

export const tidyChallenges = async (tx: Tx): Promise<void> => {
  await tx.db.delete(challenge).where(sql`expires_at < now() - interval '1 day'`);
};

/** Leaves room for one more. */
const endOldest = async (tx: Tx, userId: string, now: Date): Promise<void> => {
  const own = and(eq(challenge.userId, userId), isNull(challenge.consumedAt));
  const newest = tx.db
    .select({ id: challenge.id })
    .from(challenge)
    .where(own)
    .orderBy(desc(challenge.createdAt), desc(challenge.id))
    .limit(MOST_OPEN - 1);
  await tx.db
    .update(challenge)
    .set({ consumedAt: now })
    .where(and(own, notInArray(challenge.id, newest)));
};

/** Seconds until a user may be sent another code; 0 when now: nobody who knows the password shall fill a mailbox. */
export const waitForRoom = async (tx: Tx, userId: string, now: Date): Promise<number> => {
  const since = new Date(now.getTime() - SENT_MINUTES * 60_000);
  const [row] = await tx.db
    .select({ sent: sql<number>`coalesce(sum(1 + ${RESENDS}::int - ${challenge.resendsLeft}), 0)::int` })
    .from(challenge)
    .where(
      and(eq(challenge.userId, userId), gt(challenge.createdAt, since), sql`${challenge.channel} <> 'AUTHENTICATOR'`),
    );
  return (row?.sent ?? 0) < MOST_SENT ? 0 : SENT_MINUTES * 60;
};
