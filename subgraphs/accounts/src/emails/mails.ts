import { announce, newEventId, type Sealer, type Tx } from "@tollgate/kit";
import type { MailKind } from "@tollgate/kit/protocol";
import { deviceOf } from "../sessions/device.js";
import type { UserRow } from "../users/users.js";

interface UserMail {
  kind: MailKind;
  /** The user's own address when left out. */
  to?: string;
  /** When the secret in it ends; it stays true when left out. */
  expiresAt?: Date;
  facts?: Readonly<Record<string, string>>;
  /** A code or a token: travels sealed. */
  secret?: string;
}

/** Asks for a mail to a user, in the transaction of what it tells of. */
export const mailToUser = async (tx: Tx, sealer: Sealer, user: UserRow, mail: UserMail): Promise<void> => {
  const id = newEventId();
  await announce(tx, "mail.requested", {
    id,
    aggregateId: user.id,
    organisationId: user.organisationId,
    payload: {
      kind: mail.kind,
      userId: user.id,
      organisationId: user.organisationId,
      to: mail.to ?? user.email,
      displayName: user.displayName,
      locale: user.locale,
      expiresAt: mail.expiresAt ?? null,
      facts: mail.facts ?? {},
    },
    ...(mail.secret === undefined ? {} : { sealed: sealer.seal(mail.secret, id) }),
  });
};

/** When and from where something was done, as mails tell it: people know their own devices. */
export const originFacts = (
  { address, userAgent }: { address: string; userAgent: string },
  at: Date,
): Record<string, string> => ({ at: at.toISOString(), address, device: deviceOf(userAgent) });

/** `john@example.com` as `j•••@example.com`: enough to recognise one's own. */
export const maskEmail = (email: string): string => email.replace(/^(.)[^@]*/su, "$1•••");
