import { newEventId, type Tx } from "@tollgate/kit";
import { membersHolding } from "../people/people.js";
import type { FailureReason, SessionRow } from "../whatsapp/session.schema.js";
import { notify } from "./notifications.js";

/** Why a session stopped, and what to do. People are told of a suspension of their organisation by itself. */
const FAILURES: Readonly<Record<Exclude<FailureReason, "ORGANISATION_SUSPENDED">, string>> = {
  PAIRING_UNUSED: "Nobody scanned it in time. Pair it again when the phone is at hand.",
  PAIRING_REFUSED: "The phone refused the pairing. Try it again.",
  BAD_SESSION: "What was kept of the pairing no longer works. Pair it again.",
  FORBIDDEN: "WhatsApp does not let this number in.",
  REPLACED: "Another device took over. Connect it again if that was not you.",
  NUMBER_RESTRICTED: "WhatsApp restricts this number for now. Wait before you write again.",
  PROTOCOL: "WhatsApp answered in a way that is not understood. Connect it again.",
  CREDENTIALS: "The credentials no longer work. Pair it again.",
};

const WAITS = "Messages wait until it is connected again.";

const noticeOf = ({ name, status, failureReason }: SessionRow) => {
  if (status === "LOGGED_OUT") {
    return {
      severity: "WARNING",
      title: `${name} is logged out of WhatsApp`,
      body: `Pair it again. ${WAITS}`,
    } as const;
  }
  if (status !== "FAILED" || failureReason === null || failureReason === "ORGANISATION_SUSPENDED") return null;
  // A pairing that came to nothing has taken nothing away.
  const isPairing = failureReason === "PAIRING_UNUSED" || failureReason === "PAIRING_REFUSED";
  const body = FAILURES[failureReason];
  if (isPairing) return { severity: "INFO", title: `${name} was not paired`, body } as const;
  return { severity: "WARNING", title: `${name} is off WhatsApp`, body: `${body} ${WAITS}` } as const;
};

/**
 * Tells those who manage WhatsApp in the session's organisation that it has failed or is logged out; in any other state
 * nobody. Called in the transaction that moves the session, thus once.
 */
export const tellSessionEnd = async (tx: Tx, session: SessionRow, at: Date): Promise<void> => {
  const notice = noticeOf(session);
  if (!notice) return;
  const { organisationId } = session;
  const { caller } = tx;
  const managers = await membersHolding(tx, organisationId, ["whatsapp:manage"]);
  // Whoever did it themselves knows.
  const others = managers.filter(({ userId }) => caller.kind !== "USER" || userId !== caller.userId);
  const about = { kind: "WHATSAPP", link: "/messages", subjectOrganisationId: organisationId, at } as const;
  await notify(tx, others, { ...about, ...notice }, newEventId());
};
