import type { Tx } from "@tollgate/kit";
import { contactWith, conversationWith, queueMessage } from "../conversations/exchange.js";
import type { Notice } from "./notifications.js";

interface Sender {
  id: string;
  organisation_id: string;
  phone: string;
}

/** The connected session of the organisation, else that of the nearest one above that has one. */
const sessionFor = async (tx: Tx, organisationId: string): Promise<Sender | null> => {
  const [row] = await tx.sql<Sender[]>`
    select s.id, s.organisation_id, s.phone
      from tenancy own join tenancy above on starts_with(own.path, above.path)
      join whatsapp_session s on s.organisation_id = above.organisation_id
     where own.organisation_id = ${organisationId} and above.status = 'ACTIVE' and s.removed_at is null
       and s.goal = 'CONNECTED' and s.phone is not null
     order by length(above.path) desc, s.connected_at, s.id limit 1`;
  return row ?? null;
};

/**
 * Tells a notice on WhatsApp: to the phone that the session was paired with, as a message to itself, since people's own
 * numbers are not known here. Nothing happens where no session is connected.
 * @param sourceEventId what was told of this event before is not told again.
 */
export const tellByWhatsApp = async (
  tx: Tx,
  organisationId: string,
  notice: Pick<Notice, "title" | "body" | "at">,
  sourceEventId: string,
): Promise<void> => {
  const sender = await sessionFor(tx, organisationId);
  if (!sender) return;
  const session = { id: sender.id, organisationId: sender.organisation_id };
  const { contact } = await contactWith(tx, session.organisationId, sender.phone, notice.at, false);
  const thread = await conversationWith(tx, session, contact.id, notice.at);
  const isOwn = sender.organisation_id === organisationId;
  const text = isOwn
    ? `${notice.title}. ${notice.body}`
    : `Of an organisation below yours: ${notice.title}. ${notice.body}`;
  await queueMessage(tx, thread, { text, origin: "NOTIFICATION", sourceEventId }, notice.at);
};
