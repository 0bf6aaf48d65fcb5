import { instant, json } from "@tollgate/kit";
import type { MailKind } from "@tollgate/kit/protocol";
import { sql } from "drizzle-orm";
import { customType, index, integer, text, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../schema.js";

export type MailState = "QUEUED" | "SENT" | "FAILED";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** One mail on its way. Its text is made when it is sent; the secret in it is sealed and erased afterwards. */
export const mail = messaging.table(
  "mail",
  {
    /** That of the event that asked for it, so that a repetition finds it here. */
    id: uuid("id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    /** Null: to somebody who was no user (yet). */
    userId: uuid("user_id"),
    kind: text("kind").$type<MailKind>().notNull(),
    recipient: text("recipient").notNull(),
    displayName: text("display_name").notNull(),
    locale: text("locale").notNull(),
    /** When the secret in it ends; afterwards nobody needs the mail. Null: it stays true. */
    expiresAt: instant("expires_at"),
    /** What the text tells beside the secret, by name. */
    facts: json("facts").notNull().default(sql`'{}'::jsonb`),
    /** Null for what has no secret, and once it was sent. */
    sealed: bytes("sealed"),
    state: text("state").$type<MailState>().notNull().default("QUEUED"),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at").notNull(),
    /** One sender at a time has it until then. */
    leasedUntil: instant("leased_until"),
    error: text("error"),
    createdAt: instant("created_at").notNull(),
    sentAt: instant("sent_at"),
  },
  (table) => [
    index("mail_queued_idx").on(table.nextAttemptAt).where(sql`state = 'QUEUED'`),
    index("mail_sent_idx").on(table.sentAt.desc(), table.id.desc()).where(sql`state = 'SENT'`),
    index("mail_created_idx").on(table.createdAt),
  ],
);

export type Mail = typeof mail.$inferSelect;
