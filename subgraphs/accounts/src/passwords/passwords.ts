import { audit, type Caller, type Database, type Sealer, systemCaller, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import type { PasswordConfirmation } from "../credentials/confirm.js";
import { InvalidCredentialsFault } from "../credentials/problems.js";
import { endEmailTokens, lockedUser } from "../emails/email-tokens.js";
import { mailToUser, originFacts } from "../emails/mails.js";
import { endSessionsOfUser } from "../sessions/sessions.js";
import type { PasswordHasher } from "../sign-in/hasher.js";
import { user as users } from "../tables.js";
import type { UserRow } from "../users/users.js";
import { WeakPasswordFault } from "./passwords.problems.js";
import { checkPassword } from "./rules.js";

export interface PasswordTools {
  database: Database;
  hasher: PasswordHasher;
  confirmation: PasswordConfirmation;
  sealer: Sealer;
  clock: () => Date;
}

/** A password as it is about to be kept. */
interface Kept {
  passwordHash: string;
  /** The session that stays; null ends all of them. */
  exceptSessionId: string | null;
}

/**
 * Puts a new password in place of the one before and ends whatever the old one may have let in: sessions, devices that
 * are not asked for codes, links on their way. Tells the user by mail.
 * @returns how many sessions ended.
 */
export const keepPassword = async (
  tx: Tx,
  user: UserRow,
  { passwordHash, exceptSessionId }: Kept,
  sealer: Sealer,
  now: Date,
): Promise<number> => {
  await tx.db.update(users).set({ passwordHash }).where(eq(users.id, user.id));
  const ended = await endSessionsOfUser(tx, user.id, "ENDED_BY_USER", now, exceptSessionId);
  await endEmailTokens(tx, user.id, now);
  await mailToUser(tx, sealer, user, { kind: "PASSWORD_CHANGED", facts: originFacts(tx.caller, now) });
  return ended;
};

/**
 * The hash of a new password that is good enough for this user. Never within a transaction.
 * @throws WeakPasswordFault with every reason; RateLimitedFault when too many passwords wait.
 */
export const hashOfNew = async (hasher: PasswordHasher, user: UserRow, password: string): Promise<string> => {
  const score = await checkPassword(password, user);
  if (await hasher.verify(user.passwordHash, password)) throw new WeakPasswordFault(["SAME_AS_OLD"], score);
  return hasher.hash(password);
};

/**
 * Changes one's own password; the session of this request stays, all others end.
 * @returns how many sessions ended.
 * @throws InvalidCredentialsFault for a wrong current password; WeakPasswordFault; RateLimitedFault.
 */
export const changePassword = async (
  { database, hasher, confirmation, sealer, clock }: PasswordTools,
  caller: Caller & { sessionId: string },
  current: string,
  next: string,
): Promise<number> => {
  const user = await confirmation.confirm(caller, current);
  const passwordHash = await hashOfNew(hasher, user, next);
  return database.write(systemCaller("change-password", caller), async (tx) => {
    // Somebody else may have changed or reset it since it was confirmed: that counts, and not this.
    const unchanged = (await lockedUser(tx, user.id))?.passwordHash === user.passwordHash;
    if (!unchanged) throw new InvalidCredentialsFault();
    const kept = { passwordHash, exceptSessionId: caller.sessionId };
    const sessionsEnded = await keepPassword(tx, user, kept, sealer, clock());
    await audit(tx, "accounts", {
      action: "user:changePassword",
      resource: "user",
      resourceId: user.id,
      organisationId: user.organisationId,
      userId: user.id,
      after: { sessionsEnded },
    });
    return sessionsEnded;
  });
};
