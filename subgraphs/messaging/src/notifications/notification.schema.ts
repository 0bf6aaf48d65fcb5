import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { index, text, unique, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../schema.js";

export type NotificationKind =
  | "INCIDENT"
  | "PROVISIONING"
  | "WALLET"
  | "TOP_UP"
  | "INVOICE"
  | "CONVERSATION"
  | "WHATSAPP"
  | "SECURITY"
  | "MEMBER"
  | "SYSTEM";

/** One thing that one person is told. */
export const notification = messaging.table(
  "notification",
  {
    id: id().primaryKey(),
    /** That of the person, whose estate guards the row. */
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    /** The event that gave rise to it; a person is told of it once. */
    sourceEventId: uuid("source_event_id").notNull(),
    kind: text("kind").$type<NotificationKind>().notNull(),
    severity: text("severity").$type<"INFO" | "WARNING" | "CRITICAL">().notNull(),
    title: text("title").notNull(),
    body: text("body").notNull(),
    /** A path of the web app. */
    link: text("link"),
    /** The organisation it is about. */
    subjectOrganisationId: uuid("subject_organisation_id"),
    at: instant("at").notNull(),
    readAt: instant("read_at"),
  },
  (table) => [
    unique("notification_source_key").on(table.userId, table.sourceEventId),
    index("notification_user_idx").on(table.userId, table.at.desc(), table.id.desc()),
    index("notification_unread_idx").on(table.userId, table.at.desc(), table.id.desc()).where(sql`read_at is null`),
    index("notification_organisation_idx").on(table.organisationId, table.at.desc(), table.id.desc()),
    index("notification_at_idx").on(table.at),
  ],
);

export type NotificationRow = typeof notification.$inferSelect;
