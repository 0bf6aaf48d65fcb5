import { RateLimitedFault, type Tx } from "@tollgate/kit";
import { and, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { signUp as signUps } from "../tables.js";

export type SignUpRow = typeof signUps.$inferSelect;

/** Of one e-mail: each has a link of its own, so that nobody's password comes with another one's link. */
const MOST_OF_EMAIL = 3;
/** Of all that wait for their link: beyond, nobody new is let in line. */
const MOST_WAITING = 10_000;

export const ofEmail = (email: string) => eq(sql`lower(${signUps.email})`, email.toLowerCase());

/** @throws RateLimitedFault while too many wait for their link. */
export async function requireRoom(tx: Tx): Promise<void> {
  const [last] = await tx.db
    .select({ id: signUps.id })
    .from(signUps)
    .offset(MOST_WAITING - 1)
    .limit(1);
  if (last) throw new RateLimitedFault(3600, "Too many people are signing up at the moment; try again later.");
}

/** Keeps the newest few of an e-mail. */
export async function forgetOlder(tx: Tx, email: string): Promise<void> {
  const older = tx.db
    .select({ id: signUps.id })
    .from(signUps)
    .where(ofEmail(email))
    .orderBy(desc(signUps.createdAt), desc(signUps.id))
    .offset(MOST_OF_EMAIL);
  await tx.db.delete(signUps).where(inArray(signUps.id, older));
}

/** The newest one from where is asked now, if there is one; else the newest. Locked. */
export async function newestOf(tx: Tx, email: string, now: Date): Promise<SignUpRow | null> {
  const [row] = await tx.db
    .select()
    .from(signUps)
    .where(and(ofEmail(email), eq(signUps.isTaken, false), gt(signUps.expiresAt, now)))
    .orderBy(sql`${signUps.address} = ${tx.caller.address} desc`, desc(signUps.createdAt), desc(signUps.id))
    .limit(1)
    .for("update");
  return row ?? null;
}

/** Sign-ups whose link ran out go, with all that was typed. */
export const tidySignUps = async (tx: Tx, now: Date): Promise<void> => {
  await tx.db.delete(signUps).where(lt(signUps.expiresAt, now));
};
