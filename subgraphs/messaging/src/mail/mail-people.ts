import type { Tx } from "@tollgate/kit";
import type { MailKind } from "@tollgate/kit/protocol";
import type { Recipient } from "../people/people.js";
import { mail } from "./mail.schema.js";

/** What several people are told of one event by mail. */
export interface PeopleMail {
  eventId: string;
  organisationId: string;
  /** One without a secret. */
  kind: MailKind;
  facts: Readonly<Record<string, string>>;
}

/** A mail to each, once for the event: its id is made of the event's and the person's. */
export const mailPeople = async (
  tx: Tx,
  { eventId, organisationId, kind, facts }: PeopleMail,
  recipients: readonly Recipient[],
  now: Date,
): Promise<void> => {
  const ids = recipients.map(({ userId }) => userId);
  const people = await tx.sql<
    { user_id: string; email: string; display_name: string; locale: string; mail_id: string }[]
  >`
    select user_id, email, display_name, locale, md5(user_id::text || ${eventId}::text)::uuid as mail_id
      from person where user_id = any(${ids}::uuid[])`;
  if (people.length === 0) return;
  const rows = people.map((person) => ({
    id: person.mail_id,
    organisationId,
    userId: person.user_id,
    kind,
    recipient: person.email,
    displayName: person.display_name,
    locale: person.locale,
    facts,
    nextAttemptAt: now,
    createdAt: now,
  }));
  await tx.db.insert(mail).values(rows).onConflictDoNothing();
};
