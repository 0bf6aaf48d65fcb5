import { createHmac, hkdfSync, randomInt, timingSafeEqual } from "node:crypto";
import { announce, newEventId, type Sealer, type Tx } from "@tollgate/kit";
import type { UserRow } from "../users/users.js";

/** Makes and checks one-time codes; the key keeps six digits from being found by trying all of them on a stolen table. */
export class Codes {
  private readonly key: Buffer;

  constructor(masterSecret: string) {
    this.key = Buffer.from(hkdfSync("sha256", masterSecret, "tollgate", "one-time codes", 32));
  }

  make(): string {
    return randomInt(1_000_000).toString().padStart(6, "0");
  }

  hash(challengeId: string, code: string): string {
    return createHmac("sha256", this.key).update(`${challengeId} ${code}`).digest("hex");
  }

  /** In constant time. Nothing matches a challenge that no code was made for. */
  matches(challenge: { id: string; codeHash: string | null }, code: string): boolean {
    if (challenge.codeHash === null) return false;
    return timingSafeEqual(Buffer.from(this.hash(challenge.id, code)), Buffer.from(challenge.codeHash));
  }
}

/** Sends a code on its way, sealed. By WhatsApp it may still turn into a mail, where messaging cannot deliver it. */
export const sendCode = async (
  tx: Tx,
  user: UserRow,
  channel: "EMAIL" | "WHATSAPP",
  code: string,
  expiresAt: Date,
  sealer: Sealer,
): Promise<void> => {
  const id = newEventId();
  const { id: userId, organisationId, email, displayName, locale, phone } = user;
  const event = { id, aggregateId: userId, organisationId, sealed: sealer.seal(code, id) };
  const recipient = { userId, organisationId, displayName, locale, expiresAt };
  if (channel === "WHATSAPP" && phone !== null) {
    await announce(tx, "signInCode.requested", { ...event, payload: { ...recipient, phone, email } });
  } else {
    await announce(tx, "mail.requested", {
      ...event,
      payload: { kind: "SIGN_IN_CODE", to: email, facts: {}, ...recipient },
    });
  }
};
