import { createHmac, hkdfSync, randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import { announce, newEventId, type Sealer, type Tx } from "@tollgate/kit";
import { and, eq, isNull, sql } from "drizzle-orm";
import { challenge } from "../tables.js";
import type { UserRow } from "../users/users.js";

export type ChallengeRow = typeof challenge.$inferSelect;

export const CODE_MINUTES = 5;
const TRIES = 5;
const RESENDS = 3;
const RESEND_SECONDS = 30;

/** Makes and checks one-time codes; the key keeps six digits from being found by trying all of them on a stolen table. */
export class Codes {
  private readonly key: Buffer;

  constructor(masterSecret: string) {
    this.key = Buffer.from(hkdfSync("sha256", masterSecret, "tollgate", "one-time codes", 32));
  }

  make(): string {
    return randomInt(1_000_000).toString().padStart(6, "0");
  }

  hash(challengeId: string, code: string): string {
    return createHmac("sha256", this.key).update(`${challengeId} ${code}`).digest("hex");
  }

  /** In constant time. */
  matches(row: ChallengeRow, code: string): boolean {
    return timingSafeEqual(Buffer.from(this.hash(row.id, code)), Buffer.from(row.codeHash ?? ""));
  }
}

const expiryFrom = (now: Date) => new Date(now.getTime() + CODE_MINUTES * 60_000);

/** Sends a user a new code. The challenge's id is random, not sequential: it is all that a client shows. */
export const issueChallenge = async (
  tx: Tx,
  user: UserRow,
  codes: Codes,
  sealer: Sealer,
  now: Date,
): Promise<ChallengeRow> => {
  const id = randomUUID();
  const code = codes.make();
  const [row] = await tx.db
    .insert(challenge)
    .values({
      id,
      organisationId: user.organisationId,
      userId: user.id,
      channel: "EMAIL",
      codeHash: codes.hash(id, code),
      attemptsLeft: TRIES,
      resendsLeft: RESENDS,
      resendAllowedAt: new Date(now.getTime() + RESEND_SECONDS * 1000),
      expiresAt: expiryFrom(now),
    })
    .returning();
  if (!row) throw new Error("insert gave no row");
  await mailCode(tx, user, code, sealer, row.expiresAt);
  return row;
};

/** A new code in place of the one before. The caller has checked that it is allowed. */
export const reissueChallenge = async (
  tx: Tx,
  row: ChallengeRow,
  user: UserRow,
  codes: Codes,
  sealer: Sealer,
  now: Date,
): Promise<ChallengeRow> => {
  const code = codes.make();
  const [renewed] = await tx.db
    .update(challenge)
    .set({
      codeHash: codes.hash(row.id, code),
      attemptsLeft: TRIES,
      resendsLeft: row.resendsLeft - 1,
      resendAllowedAt: new Date(now.getTime() + RESEND_SECONDS * 1000),
      expiresAt: expiryFrom(now),
    })
    .where(eq(challenge.id, row.id))
    .returning();
  if (!renewed) throw new Error("update gave no row");
  await mailCode(tx, user, code, sealer, renewed.expiresAt);
  return renewed;
};

/** The challenge, locked until the transaction ends; null when it is unknown or used. */
export const openChallenge = async (tx: Tx, id: string): Promise<ChallengeRow | null> => {
  const [row] = await tx.db
    .select()
    .from(challenge)
    .where(and(eq(challenge.id, id), isNull(challenge.consumedAt)))
    .for("update");
  return row ?? null;
};

export const spendTry = async (tx: Tx, row: ChallengeRow): Promise<number> => {
  const left = row.attemptsLeft - 1;
  await tx.db.update(challenge).set({ attemptsLeft: left }).where(eq(challenge.id, row.id));
  return left;
};

export const consume = async (tx: Tx, row: ChallengeRow, now: Date): Promise<void> => {
  await tx.db.update(challenge).set({ consumedAt: now }).where(eq(challenge.id, row.id));
};

export const tidyChallenges = async (tx: Tx): Promise<void> => {
  await tx.db.delete(challenge).where(sql`expires_at < now() - interval '1 day'`);
};

const mailCode = async (tx: Tx, user: UserRow, code: string, sealer: Sealer, expiresAt: Date): Promise<void> => {
  const id = newEventId();
  await announce(tx, "mail.requested", {
    id,
    aggregateId: user.id,
    organisationId: user.organisationId,
    payload: {
      kind: "SIGN_IN_CODE",
      userId: user.id,
      organisationId: user.organisationId,
      to: user.email,
      displayName: user.displayName,
      locale: user.locale,
      expiresAt,
      facts: {},
    },
    sealed: sealer.seal(code, id),
  });
};
