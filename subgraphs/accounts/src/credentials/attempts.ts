import { announce, audit, networkOf, RateLimitedFault, type Tx } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { addressWait, lockedUntil } from "../sign-in/lockout.js";
import { signInAttempt } from "../tables.js";
import { type UserRow, userByEmail } from "../users/users.js";

export type AttemptOutcome = (typeof signInAttempt.$inferSelect)["outcome"];

/** A password that is about to be looked at. */
export interface Attempt {
  id: string;
  user: UserRow | null;
  isLocked: boolean;
}

/**
 * Notes a try of a password as the failure that it would be, before the password is looked at: neither a crash nor a
 * crowd of tries at once gets more of them. Asks the same of the database whether somebody has the e-mail or not.
 * @param email in lower case.
 * @throws RateLimitedFault for an address with too many failures.
 */
export const openAttempt = async (tx: Tx, email: string): Promise<Attempt> => {
  const wait = await addressWait(tx, tx.caller.address);
  if (wait > 0) throw new RateLimitedFault(wait, "Too many failed sign-ins from this address.");
  const until = await lockedUntil(tx, email);
  const user = await userByEmail(tx, email);
  const outcome: AttemptOutcome = until ? "LOCKED_OUT" : user ? "WRONG_PASSWORD" : "UNKNOWN_EMAIL";
  const id = await noteAttempt(tx, user, outcome, email);
  return { id, user, isLocked: until !== null };
};

/** The try was wrong: tells a user whose account it has locked. Asks the same of the database for an e-mail of nobody. */
export const refuseAttempt = async (
  tx: Tx,
  email: string,
  { user, isLocked }: Pick<Attempt, "user" | "isLocked">,
): Promise<void> => {
  const until = await lockedUntil(tx, email);
  if (!user || !until || isLocked) return;
  const { id: userId, organisationId } = user;
  await announce(tx, "user.lockedOut", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId, until },
  });
  await audit(tx, "accounts", {
    action: "user:lockOut",
    resource: "user",
    resourceId: userId,
    organisationId,
    userId,
    after: { until },
  });
};

/** @returns the id of the line in the list of attempts. */
export const noteAttempt = async (
  tx: Tx,
  user: UserRow | null,
  outcome: AttemptOutcome,
  email = user?.email.toLowerCase() ?? "",
): Promise<string> => {
  // What belongs to nobody is kept for the operator to see. One statement for both, so that both take as long.
  const organisationId = sql<string>`coalesce(${user?.organisationId ?? null}::uuid,
    (select organisation_id from tenancy where parent_id is null))`;
  const [row] = await tx.db
    .insert(signInAttempt)
    .values({
      organisationId,
      userId: user?.id ?? null,
      email: email.slice(0, 254),
      outcome,
      address: tx.caller.address,
      network: networkOf(tx.caller.address),
      userAgent: tx.caller.userAgent,
    })
    .returning({ id: signInAttempt.id });
  if (!row) throw new Error("insert gave no row");
  return row.id;
};
