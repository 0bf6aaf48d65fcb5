import { hashOfToken, newToken, type Tx } from "@tollgate/kit";
import { and, eq, gt, isNull, lt, sql } from "drizzle-orm";
import { emailToken, user as users } from "../tables.js";
import type { UserRow } from "../users/users.js";

export type EmailTokenRow = typeof emailToken.$inferSelect;
export type EmailTokenPurpose = EmailTokenRow["purpose"];

const DAY = 24 * 3_600_000;

interface NewEmailToken {
  purpose: EmailTokenPurpose;
  /** Where it is sent. */
  email: string;
  /** How long it is good, in milliseconds. */
  life: number;
}

/** @returns the token for the mail; only its hash is kept. */
export const issueEmailToken = async (
  tx: Tx,
  user: UserRow,
  { purpose, email, life }: NewEmailToken,
  now: Date,
): Promise<{ token: string; expiresAt: Date }> => {
  const { token, hash } = newToken();
  const expiresAt = new Date(now.getTime() + life);
  await tx.db.insert(emailToken).values({
    organisationId: user.organisationId,
    userId: user.id,
    purpose,
    tokenHash: hash,
    email,
    createdAt: now,
    expiresAt,
  });
  return { token, expiresAt };
};

/**
 * The token with its user, both locked until the transaction ends: of two who use it at once the second finds it used.
 * The user first, as whoever changes a user's password does, so that neither waits for the other for ever.
 * @returns null for one that is unknown, used, outdated or too old: never which.
 */
export const openEmailToken = async (
  tx: Tx,
  purpose: EmailTokenPurpose,
  token: string,
  now: Date,
): Promise<{ row: EmailTokenRow; user: UserRow } | null> => {
  const known = and(eq(emailToken.tokenHash, hashOfToken(token)), eq(emailToken.purpose, purpose));
  const [found] = await tx.db.select({ userId: emailToken.userId }).from(emailToken).where(known);
  const user = found ? await lockedUser(tx, found.userId) : null;
  if (!user) return null;
  const live = and(known, isNull(emailToken.endedAt), gt(emailToken.expiresAt, now));
  const [row] = await tx.db.select().from(emailToken).where(live).for("update");
  return row ? { row, user } : null;
};

/** The user as it is now; nobody else changes it before the transaction ends. */
export const lockedUser = async (tx: Tx, userId: string): Promise<UserRow | null> => {
  const [row] = await tx.db.select().from(users).where(eq(users.id, userId)).for("no key update");
  return row ?? null;
};

/** Ends the links that are on their way to a user: all, or those of one purpose. */
export const endEmailTokens = async (tx: Tx, userId: string, now: Date, purpose?: EmailTokenPurpose): Promise<void> => {
  const those = purpose === undefined ? undefined : eq(emailToken.purpose, purpose);
  await tx.db
    .update(emailToken)
    .set({ endedAt: now })
    .where(and(eq(emailToken.userId, userId), isNull(emailToken.endedAt), those));
};

/** How many were made for a user since `since`, the oldest of them first in time; for limits. */
export const issuedSince = async (
  tx: Tx,
  userId: string,
  purpose: EmailTokenPurpose,
  since: Date,
): Promise<{ count: number; oldest: Date | null }> => {
  const [row] = await tx.sql<{ count: number; oldest: string | null }[]>`
    select count(*)::int as count, min(created_at) as oldest from email_token
     where user_id = ${userId} and purpose = ${purpose} and created_at > ${since.toISOString()}`;
  return { count: row?.count ?? 0, oldest: row?.oldest ? new Date(row.oldest) : null };
};

/** Removes links that are over for a day. */
export const tidyEmailTokens = async (tx: Tx, now: Date): Promise<void> => {
  await tx.db
    .delete(emailToken)
    .where(lt(emailToken.expiresAt, sql`${new Date(now.getTime() - DAY).toISOString()}::timestamptz`));
};
