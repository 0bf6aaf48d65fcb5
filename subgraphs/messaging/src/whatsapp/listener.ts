import type { Database, Sealer, Tx } from "@tollgate/kit";
import { receive } from "../conversations/exchange.js";
import { recordReceipt } from "../conversations/queue.js";
import { tellSessionEnd } from "../notifications/phones.js";
import type { ConnectionEnd, ConnectionListener } from "./driver.js";
import { type SessionRow, type SessionStatus, whatsappSession } from "./session.schema.js";
import { changeSessions, heldBy, type SessionChange } from "./states.js";

/** The session has another holder, or another wish has come: whatever was under way is of no interest any more. */
export class SessionLost extends Error {
  override name = "SessionLost";
}

const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 60;

/** Doubles with each attempt, up to a minute; half of it is chance, lest all come back at once. */
export const pauseBefore = (attempt: number, chance: number): number => {
  const seconds = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1));
  return Math.round(seconds * 1_000 * (0.5 + chance / 2));
};

/** The state after a connection was lost for the `attempt`-th time. */
export const reconnecting = (attempt: number, at: Date): SessionChange => ({
  status: "RECONNECTING",
  attempt,
  nextAttemptAt: new Date(at.getTime() + pauseBefore(attempt, Math.random())),
});

const afterEnd = (end: ConnectionEnd, at: Date): SessionChange => {
  if (end.kind === "LOST") return reconnecting(1, at);
  if (end.kind === "LOGGED_OUT") return { status: "LOGGED_OUT", goal: "STOPPED", credentials: null, connectedAt: null };
  const { reason: failureReason, message: failureMessage } = end;
  return { status: "FAILED", goal: "STOPPED", failureReason, failureMessage, connectedAt: null };
};

/**
 * The status of a session that is still run by its holder for the same wish; it stays so until the transaction ends.
 * @throws SessionLost for any other.
 */
export const requireHeld = async (tx: Tx, session: SessionRow): Promise<SessionStatus> => {
  const [row] = await tx.db
    .select({ status: whatsappSession.status })
    .from(whatsappSession)
    .where(heldBy(session))
    .for("share");
  if (!row) throw new SessionLost();
  return row.status;
};

/** Keeps what a connection tells, fenced: one that has lost its session writes nothing. */
export const listenerOf = (
  database: Database,
  sealer: Sealer,
  session: SessionRow,
  clock: () => Date,
  told: () => void,
): ConnectionListener => {
  const keep = async (work: (tx: Tx) => Promise<unknown>) => {
    await database.system("whatsapp", work);
    told();
  };
  const change = (values: SessionChange) =>
    keep(async (tx) => {
      const changed = await changeSessions(tx, heldBy(session), values, clock());
      if (changed.length === 0) throw new SessionLost();
    });
  return {
    code: ({ kind, text, expiresAt, attempt, attempts }) =>
      change({
        status: kind === "QR" ? "QR_READY" : "PAIRING_CODE_READY",
        pairingPhone: session.pairingPhone,
        sealedCode: sealer.seal(text, session.id),
        codeExpiresAt: expiresAt,
        attempt,
        attempts,
      }),
    connected: (phone, credentials) =>
      change({
        status: "CONNECTED",
        goal: "CONNECTED",
        phone,
        connectedAt: clock(),
        credentials: sealer.seal(credentials, session.id),
      }),
    ended: (end) =>
      keep(async (tx) => {
        const at = clock();
        const [ended] = await changeSessions(tx, heldBy(session), afterEnd(end, at), at);
        if (!ended) throw new SessionLost();
        await tellSessionEnd(tx, ended, at);
      }),
    received: (messages) =>
      keep(async (tx) => {
        await requireHeld(tx, session);
        await receive(tx, session, messages);
      }),
    receipt: (receipt) =>
      keep(async (tx) => {
        await requireHeld(tx, session);
        await recordReceipt(tx, session.id, receipt);
      }),
  };
};
