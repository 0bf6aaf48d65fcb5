import type { Sealer, Tx } from "@tollgate/kit";
import type { DeliveredEvent, SignInCodeRequest } from "@tollgate/kit/protocol";
import { and, eq, gt, inArray, lt, lte, sql } from "drizzle-orm";
import { mail } from "../mail/mail.schema.js";
import { type SignInCode, signInCode } from "./code.schema.js";
import { codeSession } from "./readiness.js";

/** Tries before a code becomes a mail: the person is waiting. */
const TRIES = 2;
const RETRY_SECONDS = 2;
/** What was handed over is nobody else's for so long. */
const HANDED_OVER_SECONDS = 10;
/** A code that nobody has sent by then becomes a mail. */
const WAIT_SECONDS = 15;

/** How the sealed secrets are kept, and whether what a simulated phone gets is shown in the mailbox of the demo. */
export interface CodeKeeping {
  /** The same as of mails: a code may turn into one. */
  atRest: Sealer;
  mailboxShows: boolean;
  clock: () => Date;
}

/**
 * Queues the code that an event brings, for the operator's session; as a mail where none is connected. Once, however
 * often the event comes.
 * @param travelling opens what the event brought.
 */
export const queueCode = async (
  tx: Tx,
  event: DeliveredEvent,
  travelling: Sealer,
  { atRest, clock }: CodeKeeping,
): Promise<void> => {
  const request = event.payload as SignInCodeRequest; // the catalogue's type for this event
  if (!event.sealed) throw new Error(`${event.type} ${event.id} brought no code`);
  const now = clock();
  const { userId, organisationId, phone, email, displayName, locale, expiresAt } = request;
  const sealed = atRest.seal(travelling.open(event.sealed, event.id), event.id);
  const sessionId = await codeSession(tx);
  const code = { id: event.id, userId, organisationId, displayName, locale, expiresAt, sealed, createdAt: now };
  if (sessionId === null) await mailInstead(tx, { ...code, email }, now);
  else
    await tx.db
      .insert(signInCode)
      .values({ ...code, phone, email, sessionId, nextAttemptAt: now })
      .onConflictDoNothing();
};

/** Takes codes of a session that are due; nobody else gets them for a while. */
export const claimCodes = async (tx: Tx, sessionId: string, limit: number, now: Date): Promise<SignInCode[]> => {
  const due = tx.db
    .select({ id: signInCode.id })
    .from(signInCode)
    .where(
      and(
        eq(signInCode.sessionId, sessionId),
        eq(signInCode.state, "QUEUED"),
        lte(signInCode.nextAttemptAt, now),
        gt(signInCode.expiresAt, now),
      ),
    )
    .orderBy(signInCode.nextAttemptAt)
    .limit(limit)
    .for("update", { skipLocked: true });
  return await tx.db
    .update(signInCode)
    .set({
      attempts: sql`${signInCode.attempts} + 1`,
      nextAttemptAt: new Date(now.getTime() + HANDED_OVER_SECONDS * 1_000),
    })
    .where(inArray(signInCode.id, due))
    .returning();
};

/** What a phone shows. */
export const codeText = (code: string): string =>
  `${code} is your Tollgate sign-in code. It works once, for 5 minutes. Give it to nobody: we never ask for it.`;

/** It has gone: its secret is erased. */
export const recordCodeSent = async (tx: Tx, code: SignInCode, shown: boolean, now: Date): Promise<void> => {
  const sent = await end(tx, [code.id], "SENT");
  // No phone of the simulated network can be looked at, so that the demo's mailbox stands in for it.
  if (sent.length > 0 && shown) await mailInstead(tx, { ...code, email: code.phone }, now);
};

/** Another try after a moment, or by mail after the last one and where no other would help. */
export const recordCodeFailure = async (tx: Tx, code: SignInCode, isFinal: boolean, now: Date): Promise<void> => {
  if (isFinal || code.attempts >= TRIES) return turnIntoMails(tx, [code], now);
  const nextAttemptAt = new Date(now.getTime() + RETRY_SECONDS * 1_000);
  const own = and(eq(signInCode.id, code.id), eq(signInCode.state, "QUEUED"));
  await tx.db.update(signInCode).set({ nextAttemptAt }).where(own);
};

/**
 * Turns codes into mails that nobody has sent in time: the session was lost, or its process has died.
 * @returns how many.
 */
export const mailOverdue = async (tx: Tx, now: Date): Promise<number> => {
  const overdue = await tx.db
    .select()
    .from(signInCode)
    .where(
      and(eq(signInCode.state, "QUEUED"), lt(signInCode.createdAt, new Date(now.getTime() - WAIT_SECONDS * 1_000))),
    )
    .limit(100)
    .for("update", { skipLocked: true });
  await turnIntoMails(tx, overdue, now);
  return overdue.length;
};

/** Removes what is of no interest any more. */
export const removeCodes = async (tx: Tx, before: Date): Promise<void> => {
  await tx.db.delete(signInCode).where(lt(signInCode.createdAt, before));
};

const turnIntoMails = async (tx: Tx, codes: readonly SignInCode[], now: Date): Promise<void> => {
  if (codes.length === 0) return;
  const ids = codes.map(({ id }) => id);
  const ended = new Set((await end(tx, ids, "MAILED")).map(({ id }) => id));
  for (const code of codes) if (ended.has(code.id)) await mailInstead(tx, code, now);
};

const end = (tx: Tx, ids: readonly string[], state: "SENT" | "MAILED") =>
  tx.db
    .update(signInCode)
    .set({ state, sealed: null })
    .where(and(inArray(signInCode.id, [...ids]), eq(signInCode.state, "QUEUED")))
    .returning({ id: signInCode.id });

type Mailed = Pick<
  SignInCode,
  "id" | "organisationId" | "userId" | "email" | "displayName" | "locale" | "expiresAt" | "sealed"
>;

/** The same secret, sealed for the same id. */
const mailInstead = async (tx: Tx, code: Mailed, now: Date): Promise<void> => {
  const { id, organisationId, userId, email, displayName, locale, expiresAt, sealed } = code;
  const recipient = { organisationId, userId, recipient: email, displayName, locale };
  await tx.db
    .insert(mail)
    .values({
      id,
      kind: "SIGN_IN_CODE",
      ...recipient,
      facts: {},
      expiresAt,
      sealed,
      nextAttemptAt: now,
      createdAt: now,
    })
    .onConflictDoNothing();
};
