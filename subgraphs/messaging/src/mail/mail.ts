import type { Sealer, Tx } from "@tollgate/kit";
import type { DeliveredEvent, MailRequest } from "@tollgate/kit/protocol";
import { and, desc, eq, inArray, isNull, lt, lte, notInArray, or, sql } from "drizzle-orm";
import { type Mail, mail } from "./mail.schema.js";
import { secretOf } from "./text.js";

/** A sender that died keeps others from its mails for this long. */
const LEASE_SECONDS = 60;
/** Tries before a mail is given up: after 2, 4, 8 and 16 seconds, well within the life of a code. */
export const TRIES = 5;
/** What the mailbox keeps. */
export const MAILBOX_SIZE = 200;

/**
 * Queues the mail that an event asks for; once, however often the event comes.
 * @param travelling opens what the event brought; `atRest` seals it for the table.
 */
export const queueMail = async (tx: Tx, event: DeliveredEvent, travelling: Sealer, atRest: Sealer, now: Date) => {
  const request = event.payload as MailRequest; // the catalogue's type for this event
  const needed = secretOf(request.kind);
  if (needed !== null && !event.sealed) throw new Error(`${event.type} ${event.id} brought no ${needed}`);
  const secret = needed !== null && event.sealed ? travelling.open(event.sealed, event.id) : null;
  await tx.db
    .insert(mail)
    .values({
      id: event.id,
      organisationId: request.organisationId,
      userId: request.userId,
      kind: request.kind,
      recipient: request.to,
      displayName: request.displayName,
      locale: request.locale,
      expiresAt: request.expiresAt,
      facts: request.facts,
      sealed: secret === null ? null : atRest.seal(secret, event.id),
      nextAttemptAt: now,
      createdAt: now,
    })
    .onConflictDoNothing();
};

/**
 * Takes up to `limit` mails that are due; nobody else gets them before the lease ends. A sender that dies between
 * the server's answer and `recordSent` leaves the mail to be sent a second time: that is the only way to two.
 */
export const claimMails = async (tx: Tx, limit: number, now: Date): Promise<Mail[]> => {
  const free = or(isNull(mail.leasedUntil), lt(mail.leasedUntil, now));
  const due = tx.db
    .select({ id: mail.id })
    .from(mail)
    .where(and(eq(mail.state, "QUEUED"), lte(mail.nextAttemptAt, now), free))
    .orderBy(mail.nextAttemptAt)
    .limit(limit)
    .for("update", { skipLocked: true });
  return await tx.db
    .update(mail)
    .set({ attempts: sql`${mail.attempts} + 1`, leasedUntil: new Date(now.getTime() + LEASE_SECONDS * 1_000) })
    .where(inArray(mail.id, due))
    .returning();
};

/** The claim is still ours: nobody took the mail again after our lease had ended. */
const stillClaimed = (claimed: Mail) =>
  and(eq(mail.id, claimed.id), eq(mail.state, "QUEUED"), eq(mail.attempts, claimed.attempts));

/** Notes that the server took it. `keep` leaves the secret for the mailbox; else it is erased. */
export const recordSent = async (tx: Tx, claimed: Mail, keep: boolean, now: Date): Promise<void> => {
  const erased = keep ? {} : { sealed: null };
  await tx.db
    .update(mail)
    .set({ state: "SENT", sentAt: now, leasedUntil: null, error: null, ...erased })
    .where(stillClaimed(claimed));
};

/**
 * Notes a failure: another try after a growing pause, or the end of it.
 * @returns whether the mail was given up.
 */
export const recordFailure = async (tx: Tx, claimed: Mail, error: string, isFinal: boolean, now: Date) => {
  const givenUp = isFinal || claimed.attempts >= TRIES;
  const nextAttemptAt = new Date(now.getTime() + 2 ** claimed.attempts * 1_000);
  const end = givenUp ? { state: "FAILED" as const, sealed: null } : { nextAttemptAt };
  await tx.db
    .update(mail)
    .set({ leasedUntil: null, error: error.slice(0, 500), ...end })
    .where(stillClaimed(claimed));
  return givenUp;
};

const inMailbox = eq(mail.state, "SENT");

/** What the mailbox shows, newest first. `recipient` narrows to one, without regard to case. */
export const mailboxMails = async (tx: Tx, recipient: string | null): Promise<Mail[]> => {
  const wanted = recipient === null ? undefined : sql`lower(${mail.recipient}) = lower(${recipient.trim()})`;
  return await tx.db
    .select()
    .from(mail)
    .where(and(inMailbox, wanted))
    .orderBy(desc(mail.sentAt), desc(mail.id))
    .limit(MAILBOX_SIZE);
};

/** Empties the mailbox but for its newest mails. */
export const trimMailbox = async (tx: Tx): Promise<void> => {
  const newest = tx.db
    .select({ id: mail.id })
    .from(mail)
    .where(inMailbox)
    .orderBy(desc(mail.sentAt), desc(mail.id))
    .limit(MAILBOX_SIZE);
  await tx.db.delete(mail).where(and(inMailbox, notInArray(mail.id, newest)));
};

/** Removes mails that were asked for before `before`, whatever became of them. */
export const removeMails = async (tx: Tx, before: Date): Promise<void> => {
  await tx.db.delete(mail).where(lt(mail.createdAt, before));
};
