import { hashOfToken, newToken, type Tx } from "@tollgate/kit";
import { and, eq, gt, isNull, lt, sql } from "drizzle-orm";
import { emailToken } from "../tables.js";
import { type UserRow, usersById } from "../users/users.js";

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
 * The token, locked until the transaction ends, with its user: of two who use it at once the second finds it used.
 * @returns null for one that is unknown, used, outdated or too old: never which.
 */
export const openEmailToken = async (
  tx: Tx,
  purpose: EmailTokenPurpose,
  token: string,
  now: Date,
): Promise<{ row: EmailTokenRow; user: UserRow } | null> => {
  const [row] = await tx.db
    .select()
    .from(emailToken)
    .where(
      and(
        eq(emailToken.tokenHash, hashOfToken(token)),
        eq(emailToken.purpose, purpose),
        isNull(emailToken.endedAt),
        gt(emailToken.expiresAt, now),
      ),
    )
    .for("update");
  const user = row && (await usersById(tx, [row.userId])).get(row.userId);
  return row && user ? { row, user } : null;
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
