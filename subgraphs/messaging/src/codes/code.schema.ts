import { instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { customType, index, integer, text, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../schema.js";

/** MAILED: it could not go out by WhatsApp, and is a mail now. */
export type CodeState = "QUEUED" | "SENT" | "MAILED";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/**
 * A one-time code on its way by WhatsApp. It is no message of a conversation: whoever reads the operator's inbox must not
 * read codes. Its secret is sealed, and erased when it has gone.
 */
export const signInCode = messaging.table(
  "sign_in_code",
  {
    /** That of the event that asked for it, so that a repetition finds it here; the network knows it by the same. */
    id: uuid("id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    /** The operator's session that it goes out by. */
    sessionId: uuid("session_id").notNull(),
    phone: text("phone").notNull(),
    /** Where it goes instead. */
    email: text("email").notNull(),
    displayName: text("display_name").notNull(),
    locale: text("locale").notNull(),
    expiresAt: instant("expires_at").notNull(),
    sealed: bytes("sealed"),
    state: text("state").$type<CodeState>().notNull().default("QUEUED"),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    index("sign_in_code_queued_idx").on(table.sessionId, table.nextAttemptAt).where(sql`state = 'QUEUED'`),
    index("sign_in_code_created_idx").on(table.createdAt),
  ],
);

export type SignInCode = typeof signInCode.$inferSelect;
