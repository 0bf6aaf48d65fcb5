import { id, instant } from "@tollgate/kit";
import { foreignKey, index, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";
import { user } from "../users/users.schema.js";

export const EMAIL_TOKEN_PURPOSES = ["PASSWORD_RESET", "EMAIL_CHANGE"] as const;

/** A link on its way to a user's address: single use, known by its hash alone. */
export const emailToken = accounts.table(
  "email_token",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    purpose: text("purpose", { enum: EMAIL_TOKEN_PURPOSES }).notNull(),
    /** SHA-256 of the token, hexadecimal. */
    tokenHash: text("token_hash").notNull(),
    /** Where it was sent, and what it proves to be the user's. */
    email: text("email").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** When it was used, or ended by something that outdated it. */
    endedAt: instant("ended_at"),
  },
  (table) => [
    foreignKey({
      columns: [table.organisationId, table.userId],
      foreignColumns: [user.organisationId, user.id],
      name: "email_token_user_fk",
    }),
    uniqueIndex("email_token_key").on(table.tokenHash),
    index("email_token_user_idx").on(table.userId, table.purpose, table.createdAt.desc()),
    index("email_token_expires_idx").on(table.expiresAt),
  ],
);
