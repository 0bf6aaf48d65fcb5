import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../schema.js";
import { whatsappSession } from "../whatsapp/session.schema.js";

/** Somebody outside who writes or is written to. */
export const contact = messaging.table(
  "contact",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    phone: text("phone").notNull(),
    name: text("name"),
    /** Asked not to be written to. */
    optedOut: boolean("opted_out").notNull().default(false),
    firstSeenAt: instant("first_seen_at").notNull(),
    /** When they last wrote. */
    lastSeenAt: instant("last_seen_at"),
    /** When they were first written to without having written themselves. */
    coldSince: instant("cold_since"),
  },
  (table) => [
    unique("contact_organisation_key").on(table.organisationId, table.id),
    unique("contact_phone_key").on(table.organisationId, table.phone),
    index("contact_cold_idx").on(table.organisationId, table.coldSince).where(sql`cold_since is not null`),
  ],
);

/** All messages with one contact over one session. */
export const conversation = messaging.table(
  "conversation",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    sessionId: uuid("session_id").notNull(),
    contactId: uuid("contact_id").notNull(),
    status: text("status").$type<"OPEN" | "PENDING" | "RESOLVED">().notNull().default("OPEN"),
    unreadCount: integer("unread_count").notNull().default(0),
    lastMessageId: uuid("last_message_id"),
    lastActivityAt: instant("last_activity_at").notNull(),
  },
  (table) => [
    unique("conversation_organisation_key").on(table.organisationId, table.id),
    unique("conversation_contact_key").on(table.sessionId, table.contactId),
    index("conversation_activity_idx").on(table.organisationId, table.lastActivityAt.desc(), table.id.desc()),
    index("conversation_unread_idx").on(table.organisationId).where(sql`unread_count > 0`),
    foreignKey({
      columns: [table.organisationId, table.sessionId],
      foreignColumns: [whatsappSession.organisationId, whatsappSession.id],
    }),
    foreignKey({
      columns: [table.organisationId, table.contactId],
      foreignColumns: [contact.organisationId, contact.id],
    }),
  ],
);

export type MessageState = "RECEIVED" | "QUEUED" | "SENT" | "DELIVERED" | "READ" | "FAILED";

/** One message, in or out. */
export const message = messaging.table(
  "message",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    conversationId: uuid("conversation_id").notNull(),
    sessionId: uuid("session_id").notNull(),
    direction: text("direction").$type<"INBOUND" | "OUTBOUND">().notNull(),
    origin: text("origin").$type<"CONTACT" | "MEMBER" | "NOTIFICATION">().notNull(),
    text: text("text").notNull(),
    state: text("state").$type<MessageState>().notNull(),
    failureReason: text("failure_reason"),
    attempts: integer("attempts").notNull().default(0),
    /** Of QUEUED: not before; while it is handed over, when somebody else may try. */
    nextAttemptAt: instant("next_attempt_at"),
    authorId: uuid("author_id"),
    /** Of INBOUND: the driver's name for it. */
    providerId: text("provider_id"),
    /** Of NOTIFICATION: the event that it tells of. */
    sourceEventId: uuid("source_event_id"),
    createdAt: instant("created_at").notNull(),
    sentAt: instant("sent_at"),
    deliveredAt: instant("delivered_at"),
    readAt: instant("read_at"),
  },
  (table) => [
    index("message_conversation_idx").on(table.conversationId, table.createdAt.desc(), table.id.desc()),
    index("message_organisation_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    index("message_queued_idx").on(table.sessionId, table.createdAt, table.id).where(sql`state = 'QUEUED'`),
    index("message_failed_idx")
      .on(table.organisationId, table.createdAt.desc(), table.id.desc())
      .where(sql`state = 'FAILED'`),
    index("message_unread_idx").on(table.conversationId).where(sql`direction = 'INBOUND' and read_at is null`),
    index("message_sent_idx").on(table.conversationId, table.sentAt).where(sql`direction = 'OUTBOUND'`),
    uniqueIndex("message_provider_key").on(table.sessionId, table.providerId).where(sql`provider_id is not null`),
    uniqueIndex("message_source_key").on(table.sourceEventId).where(sql`source_event_id is not null`),
    foreignKey({
      columns: [table.organisationId, table.conversationId],
      foreignColumns: [conversation.organisationId, conversation.id],
    }),
  ],
);

export type ContactRow = typeof contact.$inferSelect;
export type ConversationRow = typeof conversation.$inferSelect;
export type MessageRow = typeof message.$inferSelect;
