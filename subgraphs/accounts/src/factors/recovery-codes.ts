import type { Tx } from "@tollgate/kit";
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { recoveryCode } from "../tables.js";
import type { UserRow } from "../users/users.js";
import type { FactorSecrets } from "./secrets.js";

export const RECOVERY_CODES = 10;

/** New codes in place of all older ones. Shown once: only hashes stay. */
export const replaceRecoveryCodes = async (
  tx: Tx,
  user: UserRow,
  secrets: FactorSecrets,
  now: Date,
): Promise<string[]> => {
  const codes = Array.from({ length: RECOVERY_CODES }, () => secrets.newRecoveryCode());
  await forgetRecoveryCodes(tx, user.id);
  await tx.db.insert(recoveryCode).values(
    codes.map((code) => ({
      organisationId: user.organisationId,
      userId: user.id,
      hash: secrets.hashOfRecoveryCode(user.id, code),
      createdAt: now,
    })),
  );
  return codes;
};

export const forgetRecoveryCodes = async (tx: Tx, userId: string): Promise<void> => {
  await tx.db.delete(recoveryCode).where(eq(recoveryCode.userId, userId));
};

const left = isNull(recoveryCode.usedAt);

/** Uses up a code. All that are left are compared, each in constant time. @returns whether it was one of them. */
export const takeRecoveryCode = async (
  tx: Tx,
  user: UserRow,
  typed: string,
  secrets: FactorSecrets,
  now: Date,
): Promise<boolean> => {
  const hash = secrets.hashOfRecoveryCode(user.id, typed);
  const codes = await tx.db
    .select({ id: recoveryCode.id, hash: recoveryCode.hash })
    .from(recoveryCode)
    .where(and(eq(recoveryCode.userId, user.id), left))
    .for("update");
  const [match] = codes.filter((code) => secrets.same(code.hash, hash));
  if (!match) return false;
  await tx.db.update(recoveryCode).set({ usedAt: now }).where(eq(recoveryCode.id, match.id));
  return true;
};

/** How many codes these users have left; none is left out. */
export const recoveryCodesLeft = async (tx: Tx, userIds: readonly string[]): Promise<Map<string, number>> => {
  const rows = await tx.db
    .select({ userId: recoveryCode.userId, count: sql<number>`count(*)::int` })
    .from(recoveryCode)
    .where(and(inArray(recoveryCode.userId, [...userIds]), left))
    .groupBy(recoveryCode.userId);
  return new Map(rows.map(({ userId, count }) => [userId, count]));
};
