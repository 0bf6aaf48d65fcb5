import { createHash } from "node:crypto";
import { ConflictFault, InvalidInputFault, type Sealer, type Tx } from "@tollgate/kit";
import type { SessionRow } from "../../whatsapp/session.schema.js";
import { lockActiveSession, openCode } from "../../whatsapp/sessions.js";
import { simulatedPhone } from "./network.schema.js";

/** The number of the phone that scans: always the same for a session. */
const numberOf = (sessionId: string): string => {
  const digits = createHash("sha256").update(sessionId).digest().readUInt32BE(0) % 10_000_000;
  return `+2782${String(digits).padStart(7, "0")}`;
};

/** As it is typed: people add spaces and dashes, and use small letters. */
const typed = (code: string): string => code.replaceAll(/[\s-]/g, "").toUpperCase();

/** @throws ConflictFault for a session of another driver. */
export const lockSimulatedSession = async (tx: Tx, id: string): Promise<SessionRow> => {
  const session = await lockActiveSession(tx, id);
  if (session.driver !== "SIMULATED") {
    throw new ConflictFault("Only a session of the simulated driver has a simulated phone.", session.id);
  }
  return session;
};

/**
 * The simulated phone scans the QR or types the code; the session's holder connects it next.
 * @throws ConflictFault when no code is shown, InvalidInputFault for one that is wrong or has expired.
 */
export const scan = async (tx: Tx, id: string, code: string, sealer: Sealer, at: Date): Promise<SessionRow> => {
  const session = await lockSimulatedSession(tx, id);
  const shown = openCode(session, sealer);
  if (shown === null || session.codeExpiresAt === null) {
    throw new ConflictFault("This session shows no code at the moment; start pairing first.", session.id);
  }
  const isRight = session.status === "QR_READY" ? code.trim() === shown : typed(code) === shown;
  if (!isRight) throw InvalidInputFault.of("code", "WRONG", "This is not the code that is shown.");
  if (session.codeExpiresAt <= at) throw InvalidInputFault.of("code", "EXPIRED", "This code has expired.");
  await tx.db
    .insert(simulatedPhone)
    .values({
      sessionId: session.id,
      organisationId: session.organisationId,
      phone: session.pairingPhone ?? numberOf(session.id),
      scannedAt: at,
    })
    .onConflictDoNothing();
  return session;
};
