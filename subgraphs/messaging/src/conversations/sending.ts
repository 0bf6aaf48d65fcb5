import {
  ConflictFault,
  InvalidInputFault,
  inScope,
  NotFoundFault,
  organisationInScope,
  RateLimitedFault,
  readSetting,
  readSettingOfEach,
  requireActive,
  requireId,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { and, count, eq, gt, inArray } from "drizzle-orm";
import { requirePhone } from "../whatsapp/phones.js";
import { WhatsAppFault } from "../whatsapp/problems.js";
import type { SessionRow } from "../whatsapp/session.schema.js";
import { requireSession, sessionsById } from "../whatsapp/sessions.js";
import { tellMessages } from "./changes.js";
import {
  type ContactRow,
  type ConversationRow,
  contact,
  conversation,
  type MessageRow,
  message,
} from "./conversation.schema.js";
import { contactWith, conversationWith, queueMessage } from "./exchange.js";
import { contactsById, requireConversation } from "./reading.js";

const LONGEST_TEXT = 4_096;
const MOST_RETRIED = 100;
const DAY_SECONDS = 86_400;

/** @throws InvalidInputFault for a text that is empty or too long. */
export const requireText = (text: string | null | undefined): string => {
  const trimmed = text?.trim() ?? "";
  if (trimmed.length === 0) throw InvalidInputFault.of("text", "REQUIRED", "Write something first.");
  if (trimmed.length <= LONGEST_TEXT) return trimmed;
  throw InvalidInputFault.of("text", "TOO_LONG", `A message has at most ${LONGEST_TEXT} characters.`);
};

export interface Outgoing {
  conversationId?: string | null;
  sessionId?: string | null;
  phone?: string | null;
  text?: string | null;
}

interface Target {
  thread: ConversationRow;
  recipient: ContactRow;
}

/** @throws WhatsAppFault for a session that could not send, ForbiddenFault for an organisation that may not. */
const requireReady = async (tx: Tx, session: SessionRow): Promise<void> => {
  requireActive(await organisationInScope(tx, session.organisationId));
  if (session.goal === "CONNECTED") return;
  throw new WhatsAppFault("UNAVAILABLE", "WhatsApp is not connected; connect or pair the session first.", session);
};

const coldContacts = async (tx: Tx, organisationIds: readonly string[], at: Date): Promise<Map<string, number>> => {
  const since = new Date(at.getTime() - DAY_SECONDS * 1_000);
  const rows = await tx.db
    .select({ organisationId: contact.organisationId, cold: count() })
    .from(contact)
    .where(and(inArray(contact.organisationId, [...organisationIds]), gt(contact.coldSince, since)))
    .groupBy(contact.organisationId);
  return new Map(rows.map(({ organisationId, cold }) => [organisationId, cold]));
};

/** New contacts that each organisation may still write to. */
export const coldContactsLeft = async (tx: Tx, organisationIds: readonly string[], at: Date) => {
  const used = await coldContacts(tx, organisationIds, at);
  const allowed = await readSettingOfEach(tx, "whatsapp.newContactsPerDay", organisationIds);
  return new Map(organisationIds.map((id) => [id, Math.max(0, (allowed.get(id) ?? 0) - (used.get(id) ?? 0))]));
};

/** One more new contact has just been entered. @throws RateLimitedFault where that is one too many. */
const requireColdContact = async (tx: Tx, organisationId: string, at: Date): Promise<void> => {
  const allowed = await readSetting(tx, "whatsapp.newContactsPerDay", organisationId);
  const cold = (await coldContacts(tx, [organisationId], at)).get(organisationId) ?? 0;
  if (cold <= allowed) return;
  throw new RateLimitedFault(DAY_SECONDS, `At most ${allowed} new contacts may be written to in a day.`);
};

const byConversation = async (tx: Tx, conversationId: string): Promise<Target> => {
  const id = requireId("conversation", conversationId);
  const own = and(eq(conversation.id, id), inScope(tx, conversation.organisationId));
  const [row] = await tx.db.select().from(conversation).where(own).for("update");
  const thread = requireConversation(conversationId, row);
  const recipient = (await contactsById(tx, [thread.contactId])).get(thread.contactId);
  const session = (await sessionsById(tx, [thread.sessionId])).get(thread.sessionId);
  if (!session || !recipient) throw new Error("a conversation without its session or contact");
  await requireReady(tx, session);
  return { thread, recipient };
};

const byPhone = async (tx: Tx, sessionId: string, number: string, at: Date): Promise<Target> => {
  const session = requireSession(sessionId, (await sessionsById(tx, [sessionId])).get(sessionId.toLowerCase()));
  const phone = requirePhone(number);
  await requireReady(tx, session);
  const { organisationId } = session;
  const isSelf = phone === session.phone;
  const { contact: recipient, isNew } = await contactWith(tx, organisationId, phone, at, !isSelf);
  if (isNew && !isSelf) await requireColdContact(tx, organisationId, at);
  return { recipient, thread: await conversationWith(tx, session, recipient.id, at) };
};

/**
 * Queues a text to a conversation or a number.
 * @throws InvalidInputFault unless exactly one of them is named.
 */
export const sendMessage = async (tx: Tx, outgoing: Outgoing, at: Date): Promise<MessageRow> => {
  const { conversationId, sessionId, phone } = outgoing;
  const isByPhone = !!sessionId && !!phone;
  if (!!conversationId === isByPhone || (conversationId && (sessionId || phone))) {
    const message = "Name either a conversation, or a session and a number.";
    throw InvalidInputFault.of("conversationId", "EXACTLY_ONE", message);
  }
  const text = requireText(outgoing.text);
  const { thread, recipient } = conversationId
    ? await byConversation(tx, conversationId)
    : await byPhone(tx, sessionId ?? "", phone ?? "", at);
  if (recipient.optedOut) throw new ConflictFault("This contact asked not to be written to.", recipient.id);
  const { userId } = requireUser(tx.caller);
  const queued = await queueMessage(tx, thread, { text, origin: "MEMBER", authorId: userId }, at);
  if (!queued) throw new Error("a new message was there already");
  return queued;
};

/**
 * Queues messages that were given up once more, with tries of their own.
 * @throws NotFoundFault for one outside the estate, ConflictFault for one that has not failed; then none is queued.
 */
export const retryMessages = async (tx: Tx, ids: readonly string[], at: Date): Promise<string[]> => {
  const wanted = [...new Set(ids.map((id) => requireId("message", id)))];
  if (wanted.length === 0 || wanted.length > MOST_RETRIED) {
    throw new ConflictFault(`Name 1 to ${MOST_RETRIED} messages.`);
  }
  const rows = await tx.db
    .select()
    .from(message)
    .where(and(inArray(message.id, wanted), inScope(tx, message.organisationId)))
    .orderBy(message.id)
    .for("update");
  const found = new Map(rows.map((row) => [row.id, row]));
  const missing = wanted.find((id) => !found.has(id));
  if (missing) throw new NotFoundFault("message", missing);
  const other = rows.find((row) => row.state !== "FAILED");
  if (other) throw new ConflictFault("Only messages that were given up can be sent again.", other.id);
  const sessions = await sessionsById(tx, [...new Set(rows.map((row) => row.sessionId))]);
  for (const { id, organisationId, removedAt } of sessions.values()) {
    requireActive(await organisationInScope(tx, organisationId));
    if (removedAt) throw new ConflictFault("The WhatsApp session of these messages was removed.", id);
  }
  const queued = await tx.db
    .update(message)
    .set({ state: "QUEUED", attempts: 0, failureReason: null, nextAttemptAt: at })
    .where(inArray(message.id, wanted))
    .returning();
  await tellMessages(tx, queued);
  return wanted;
};
