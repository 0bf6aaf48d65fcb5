import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";

/** A person, of exactly one organisation. */
export const user = accounts.table(
  "user",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    email: text("email").notNull(),
    emailVerified: boolean("email_verified").notNull().default(false),
    displayName: text("display_name").notNull(),
    phone: text("phone"),
    locale: text("locale").notNull().default("en-ZA"),
    timeZone: text("time_zone").notNull().default("Africa/Johannesburg"),
    status: text("status", { enum: ["UNVERIFIED", "ACTIVE", "DEACTIVATED", "ERASED"] }).notNull(),
    mfaEnabled: boolean("mfa_enabled").notNull().default(true),
    mfaChannel: text("mfa_channel", { enum: ["EMAIL", "WHATSAPP", "AUTHENTICATOR"] })
      .notNull()
      .default("EMAIL"),
    /** Argon2id with its parameters and salt. */
    passwordHash: text("password_hash").notNull(),
    lastSignedInAt: instant("last_signed_in_at"),
    /** Failed sign-ins from before this moment lock nobody out any more. */
    unlockedAt: instant("unlocked_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    unique("user_organisation_key").on(table.organisationId, table.id),
    uniqueIndex("user_email_key").on(sql`lower(email)`),
    index("user_name_idx").on(table.organisationId, table.displayName, table.id),
    // For those who see many organisations: the first page of all is the first of this index.
    index("user_all_names_idx").on(table.displayName, table.id),
    check("user_status_check", sql`status in ('UNVERIFIED', 'ACTIVE', 'DEACTIVATED', 'ERASED')`),
    check("user_name_check", sql`length(trim(display_name)) between 1 and 120`),
  ],
);

/** What a user may do, as organisations last said; goes into access tokens. */
export const grant = accounts.table("grant", {
  userId: uuid("user_id").primaryKey(),
  organisationId: uuid("organisation_id").notNull(),
  permissions: text("permissions").array().notNull(),
  /** Has the built-in role owner: the last active one of an organisation cannot go. */
  isOwner: boolean("is_owner").notNull().default(false),
  /** Version of the event that said so; a token with a lower one is out of date. */
  version: bigint("version", { mode: "bigint" }).notNull(),
});
