import type { Tx } from "@tollgate/kit";
import { and, eq, sql } from "drizzle-orm";
import type { InboundMessage } from "../whatsapp/driver.js";
import type { SessionRow } from "../whatsapp/session.schema.js";
import { tellConversation, tellMessages } from "./changes.js";
import {
  type ContactRow,
  type ConversationRow,
  contact,
  conversation,
  type MessageRow,
  message,
} from "./conversation.schema.js";

type SessionKey = Pick<SessionRow, "id" | "organisationId">;

/** The contact with a number, new where nobody had it. `isNew` says which. */
export const contactWith = async (
  tx: Tx,
  organisationId: string,
  phone: string,
  at: Date,
  cold: boolean,
): Promise<{ contact: ContactRow; isNew: boolean }> => {
  const [created] = await tx.db
    .insert(contact)
    .values({ organisationId, phone, firstSeenAt: at, coldSince: cold ? at : null })
    .onConflictDoNothing()
    .returning();
  if (created) return { contact: created, isNew: true };
  const own = and(eq(contact.organisationId, organisationId), eq(contact.phone, phone));
  const [known] = await tx.db.select().from(contact).where(own);
  if (!known) throw new Error("a contact was neither new nor known");
  return { contact: known, isNew: false };
};

/** The conversation of a session with a contact, locked. */
export const conversationWith = async (tx: Tx, session: SessionKey, contactId: string, at: Date) => {
  const { id: sessionId, organisationId } = session;
  const [row] = await tx.db
    .insert(conversation)
    .values({ organisationId, sessionId, contactId, lastActivityAt: at })
    .onConflictDoUpdate({
      target: [conversation.sessionId, conversation.contactId],
      set: { contactId: sql`excluded.contact_id` }, // changes nothing, but locks and returns the row
    })
    .returning();
  if (!row) throw new Error("upsert gave no row");
  return row;
};

type NewMessage = Pick<MessageRow, "direction" | "origin" | "text" | "state"> & Partial<MessageRow>;

/**
 * Adds a message to a conversation and tells whoever watches.
 * @returns null for one that is there already: the driver's name or the event it tells of was seen before.
 */
export const addMessage = async (
  tx: Tx,
  thread: ConversationRow,
  values: NewMessage,
  at: Date,
): Promise<MessageRow | null> => {
  const { id: conversationId, organisationId, sessionId } = thread;
  const [added] = await tx.db
    .insert(message)
    .values({ ...values, conversationId, organisationId, sessionId, createdAt: at })
    .onConflictDoNothing()
    .returning();
  if (!added) return null;
  const isUnread = added.direction === "INBOUND";
  await tx.db
    .update(conversation)
    .set({
      lastMessageId: added.id,
      lastActivityAt: sql`greatest(${conversation.lastActivityAt}, ${at.toISOString()})`,
      ...(isUnread ? { unreadCount: sql`${conversation.unreadCount} + 1`, status: "OPEN" as const } : {}),
    })
    .where(eq(conversation.id, conversationId));
  await tellMessages(tx, [added]);
  await tellConversation(tx, { organisationId, conversationId });
  return added;
};

/** Queues a text to a contact; the holder of the session sends it. */
export const queueMessage = (
  tx: Tx,
  thread: ConversationRow,
  values: Pick<MessageRow, "text" | "origin"> & Partial<Pick<MessageRow, "authorId" | "sourceEventId">>,
  at: Date,
): Promise<MessageRow | null> =>
  addMessage(tx, thread, { ...values, direction: "OUTBOUND", state: "QUEUED", nextAttemptAt: at }, at);

const OPT: Readonly<Record<string, boolean>> = { STOP: true, START: false };

/**
 * Keeps what came in one burst, each message once: contacts and conversations are opened where they are new.
 * @returns those that were news.
 */
export const receive = async (
  tx: Tx,
  session: SessionKey,
  messages: readonly InboundMessage[],
): Promise<MessageRow[]> => {
  const kept: MessageRow[] = [];
  // In the order of numbers, so that two bursts never wait for each other's locks.
  for (const { providerId, from, name, text, at } of messages.toSorted((a, b) =>
    a.from < b.from ? -1 : Number(a.from > b.from),
  )) {
    const { contact: sender } = await contactWith(tx, session.organisationId, from, at, false);
    const optedOut = OPT[text.trim().toUpperCase()];
    await tx.db
      .update(contact)
      .set({
        lastSeenAt: sql`greatest(${contact.lastSeenAt}, ${at.toISOString()})`,
        ...(name === null ? {} : { name }),
        ...(optedOut === undefined ? {} : { optedOut }),
      })
      .where(eq(contact.id, sender.id));
    const thread = await conversationWith(tx, session, sender.id, at);
    const values = { direction: "INBOUND", origin: "CONTACT", state: "RECEIVED", text, providerId } as const;
    const added = await addMessage(tx, thread, values, at);
    if (added) kept.push(added);
  }
  return kept;
};
