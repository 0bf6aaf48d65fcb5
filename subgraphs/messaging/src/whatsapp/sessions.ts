import {
  ConflictFault,
  homeOrganisation,
  InvalidInputFault,
  inScope,
  isId,
  NotFoundFault,
  organisationInScope,
  requireActive,
  requireId,
  type Sealer,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { simulatedEvent, simulatedPhone } from "../adapters/simulated/network.schema.js";
import { failQueued } from "../conversations/queue.js";
import { tellSessionEnd } from "../notifications/phones.js";
import type { SessionLimits } from "./limits.js";
import { requirePhone } from "./phones.js";
import { WhatsAppFault } from "./problems.js";
import { type DriverName, type SessionRow, whatsappSession } from "./session.schema.js";
import { redirect } from "./states.js";

const LONGEST_NAME = 60;

/** Sessions by id, removed ones too: their conversations stay. */
export const sessionsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, SessionRow>> => {
  const rows = await tx.db
    .select()
    .from(whatsappSession)
    .where(and(inScope(tx, whatsappSession.organisationId), inArray(whatsappSession.id, ids.filter(isId))));
  return new Map(rows.map((row) => [row.id, row]));
};

/** @throws NotFoundFault for one that is removed or outside the estate. */
export const requireSession = (id: string, session: SessionRow | null | undefined): SessionRow => {
  if (!session || session.removedAt !== null) throw new NotFoundFault("session", id);
  return session;
};

/** The session, locked: changes of one come one after the other. */
export const lockSession = async (tx: Tx, id: string): Promise<SessionRow> => {
  const [row] = await tx.db
    .select()
    .from(whatsappSession)
    .where(and(eq(whatsappSession.id, requireId("session", id)), inScope(tx, whatsappSession.organisationId)))
    .for("update");
  return requireSession(id, row);
};

/** A locked session of an organisation that may act. */
export const lockActiveSession = async (tx: Tx, id: string): Promise<SessionRow> => {
  const session = await lockSession(tx, id);
  requireActive(await organisationInScope(tx, session.organisationId));
  return session;
};

const requireDriver = (driver: DriverName, riskAccepted: boolean): void => {
  if (driver === "SIMULATED") return;
  if (driver === "BAILEYS" && !riskAccepted) {
    const message = "BAILEYS is unofficial: WhatsApp may ban the number. Accept this risk to use it.";
    throw InvalidInputFault.of("riskAccepted", "REQUIRED", message);
  }
  throw InvalidInputFault.of("driver", "NOT_INSTALLED", `The driver ${driver} is not part of this installation yet.`);
};

export interface NewSession {
  organisationId?: string | null;
  name: string;
  driver: DriverName;
  riskAccepted?: boolean | null;
}

/**
 * A session in state DISCONNECTED.
 * @param limits how many sessions an organisation may have.
 * @throws ConflictFault beyond the limit.
 */
export const createSession = async (
  tx: Tx,
  input: NewSession,
  limits: SessionLimits,
  at: Date,
): Promise<SessionRow> => {
  const name = input.name.trim();
  if (name.length === 0 || name.length > LONGEST_NAME) {
    throw InvalidInputFault.of("name", "OUT_OF_RANGE", `A name has 1 to ${LONGEST_NAME} characters.`);
  }
  requireDriver(input.driver, input.riskAccepted ?? false);
  const wanted = requireId("organisation", input.organisationId ?? homeOrganisation(tx.caller));
  const organisation = await organisationInScope(tx, wanted);
  requireActive(organisation);
  const { organisationId } = organisation;
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('whatsapp:' || ${organisationId}, 0))`;
  const own = and(eq(whatsappSession.organisationId, organisationId), isNull(whatsappSession.removedAt));
  const existing = await tx.db.select({ id: whatsappSession.id }).from(whatsappSession).where(own);
  const limit = (await limits(tx, [organisationId])).get(organisationId) ?? 0;
  if (existing.length >= limit) {
    const message = `This organisation may have ${limit} WhatsApp session${limit === 1 ? "" : "s"}.`;
    throw new ConflictFault(message, existing[0]?.id ?? null);
  }
  const [created] = await tx.db
    .insert(whatsappSession)
    .values({
      organisationId,
      name,
      driver: input.driver,
      goal: "STOPPED",
      status: "DISCONNECTED",
      statusChangedAt: at,
      createdAt: at,
    })
    .returning();
  if (!created) throw new Error("insert gave no row");
  return created;
};

/**
 * Starts pairing: codes follow. A pairing under way begins anew.
 * @throws WhatsAppFault for a session that is paired already, PhoneNumberFault.
 */
export const pairSession = async (tx: Tx, id: string, phone: string | null, at: Date): Promise<SessionRow> => {
  const pairingPhone = phone === null ? null : requirePhone(phone);
  const session = await lockActiveSession(tx, id);
  if (session.credentials) {
    throw new WhatsAppFault("CONFLICT", "This session is paired already; log out first.", session);
  }
  return redirect(tx, session, { status: "CONNECTING", goal: "PAIRED", phone: null, pairingPhone }, at);
};

/** Connects what is paired; nothing changes where it is connected or on its way. */
export const connectSession = async (tx: Tx, id: string, at: Date): Promise<SessionRow> => {
  const session = await lockActiveSession(tx, id);
  if (!session.credentials) throw new WhatsAppFault("CONFLICT", "This session is not paired yet.", session);
  if (session.goal === "CONNECTED") return session;
  return redirect(tx, session, { status: "CONNECTING", goal: "CONNECTED" }, at);
};

/** Keeps the pairing; also stops a pairing under way. */
export const disconnectSession = async (tx: Tx, id: string, at: Date): Promise<SessionRow> => {
  const session = await lockSession(tx, id);
  if (session.goal === "STOPPED") return session;
  return redirect(tx, session, { status: "DISCONNECTED", goal: "STOPPED", connectedAt: null }, at);
};

/** Without credentials nothing connects any more. */
export const LOGGED_OUT = { status: "LOGGED_OUT", goal: "STOPPED", connectedAt: null, credentials: null } as const;

/** Ends the pairing and destroys the credentials; the number stays known, for conversations. */
export const logOutSession = async (tx: Tx, id: string, at: Date): Promise<SessionRow> => {
  const session = await lockSession(tx, id);
  await forgetSimulatedPhone(tx, session.id);
  if (session.status === "LOGGED_OUT") return session;
  const loggedOut = await redirect(tx, session, LOGGED_OUT, at);
  // Without a pairing nothing was lost.
  if (session.credentials) await tellSessionEnd(tx, loggedOut, at);
  return loggedOut;
};

/** Logs out and takes the session away. What waits to be sent is given up, visibly. */
export const removeSession = async (tx: Tx, id: string, at: Date): Promise<SessionRow> => {
  const session = await lockSession(tx, id);
  await forgetSimulatedPhone(tx, session.id);
  await failQueued(tx, session.id, "The WhatsApp session was removed.");
  return redirect(tx, session, { ...LOGGED_OUT, removedAt: at }, at);
};

export const forgetSimulatedPhone = async (tx: Tx, sessionId: string): Promise<void> => {
  await tx.db.delete(simulatedPhone).where(eq(simulatedPhone.sessionId, sessionId));
  await tx.db.delete(simulatedEvent).where(eq(simulatedEvent.sessionId, sessionId));
};

/** The code that a phone may use now, or null. Only for whoever may pair. */
export const openCode = (session: SessionRow, sealer: Sealer): string | null =>
  session.sealedCode === null ? null : sealer.open(session.sealedCode, session.id);

/** Sessions of organisations, newest first, removed ones left out. */
export const sessionsOf = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, SessionRow[]>> => {
  const rows = await tx.db
    .select()
    .from(whatsappSession)
    .where(
      and(
        inArray(whatsappSession.organisationId, [...organisationIds]),
        inScope(tx, whatsappSession.organisationId),
        isNull(whatsappSession.removedAt),
      ),
    )
    .orderBy(desc(whatsappSession.createdAt), desc(whatsappSession.id));
  return Map.groupBy(rows, (row) => row.organisationId);
};
