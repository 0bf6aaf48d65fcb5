import { audit, type Caller, type Database, requirePerson, systemCaller } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import type { PasswordHasher } from "../sign-in/hasher.js";
import { signInAttempt } from "../tables.js";
import { type UserRow, userById } from "../users/users.js";
import { type Attempt, openAttempt, refuseAttempt } from "./attempts.js";
import { InvalidCredentialsFault } from "./problems.js";

/** Argon2 takes long texts slowly: nobody has a password that long, so it is not worth the time of one. */
export const LONGEST_PASSWORD = 128;

/** Asks somebody who is signed in for the password once more, before what a borrowed session must not change. */
export class PasswordConfirmation {
  constructor(private readonly tools: { database: Database; hasher: PasswordHasher }) {}

  /**
   * Never within a transaction: it hashes. A wrong password counts like a failed sign-in, and locks like one.
   * @returns the person, as read before.
   * @throws InvalidCredentialsFault for a wrong password and while the account is locked, never which;
   *   RateLimitedFault for an address with too many failures, and when too many hashes wait; ForbiddenFault for an API key.
   */
  async confirm(caller: Caller, password: string): Promise<UserRow> {
    const { userId } = requirePerson(caller);
    const { database, hasher } = this.tools;
    const system = systemCaller("confirm-password", caller);
    const { attempt, user } = await database.write(system, async (tx) => {
      const person = await userById(tx, userId);
      return { attempt: await openAttempt(tx, person.email.toLowerCase()), user: person };
    });
    const isRight = await hasher.verify(user.passwordHash, password.slice(0, LONGEST_PASSWORD));
    if (!isRight || attempt.isLocked || password.length > LONGEST_PASSWORD) {
      await database.write(system, (tx) => this.refuse(tx, user, attempt));
      throw new InvalidCredentialsFault();
    }
    // It was no sign-in: nothing of it stays in the list of attempts, nor does it lift a lock.
    await database.write(system, (tx) => tx.db.delete(signInAttempt).where(eq(signInAttempt.id, attempt.id)));
    return user;
  }

  private async refuse(tx: Parameters<typeof refuseAttempt>[0], user: UserRow, attempt: Attempt): Promise<void> {
    await refuseAttempt(tx, user.email.toLowerCase(), attempt);
    await audit(tx, "accounts", {
      action: "user:confirmPassword",
      resource: "user",
      resourceId: user.id,
      organisationId: user.organisationId,
      userId: user.id,
      outcome: "REFUSED",
      problem: "UNAUTHENTICATED",
    });
  }
}
