import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, integer, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";

/** Invitations as organisations last said: what a token opens, known here so that accepting asks nobody first. */
export const openInvitation = accounts.table(
  "open_invitation",
  {
    invitationId: uuid("invitation_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    email: text("email").notNull(),
    /** SHA-256 of the newest token, hexadecimal. */
    tokenHash: text("token_hash").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** False once it was accepted or revoked. */
    isOpen: boolean("is_open").notNull(),
    /** Of the event that said so. */
    version: bigint("version", { mode: "bigint" }).notNull(),
  },
  (table) => [
    uniqueIndex("open_invitation_token_key").on(table.tokenHash),
    index("open_invitation_expires_idx").on(table.expiresAt),
  ],
);

/**
 * A new user whose membership is on its way: both come to be, or neither. What is done here is announced until
 * organisations has answered.
 */
export const registration = accounts.table(
  "registration",
  {
    userId: uuid("user_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    /** Of an invitation; null for a sign-up. */
    invitationId: uuid("invitation_id"),
    /** Of a sign-up: the name that its organisation gets. */
    organisationName: text("organisation_name"),
    /** SHA-256 of the token that was shown, by which a repetition finds its way back. */
    tokenHash: text("token_hash").notNull(),
    state: text("state", { enum: ["PENDING", "COMPLETED", "REFUSED"] })
      .notNull()
      .default("PENDING"),
    createdAt: instant("created_at").notNull(),
    /** When organisations was last told of it. */
    announcedAt: instant("announced_at").notNull(),
    timesAnnounced: integer("times_announced").notNull().default(1),
    settledAt: instant("settled_at"),
    /** From then on the token opens nothing any more. */
    signedInAt: instant("signed_in_at"),
  },
  (table) => [
    index("registration_token_idx").on(table.tokenHash),
    // One at a time: a refused one makes room for another.
    uniqueIndex("registration_invitation_key").on(table.invitationId).where(sql`state <> 'REFUSED'`),
    index("registration_pending_idx").on(table.announcedAt).where(sql`state = 'PENDING'`),
    index("registration_settled_idx").on(table.settledAt),
    check("registration_state_check", sql`state in ('PENDING', 'COMPLETED', 'REFUSED')`),
    check("registration_origin_check", sql`(invitation_id is null) <> (organisation_name is null)`),
  ],
);

/** Somebody who wants an organisation of their own and has not opened the link yet: nobody's user so far. */
export const signUp = accounts.table(
  "sign_up",
  {
    id: id().primaryKey(),
    email: text("email").notNull(),
    displayName: text("display_name").notNull(),
    organisationName: text("organisation_name").notNull(),
    passwordHash: text("password_hash").notNull(),
    locale: text("locale").notNull(),
    timeZone: text("time_zone").notNull(),
    /** SHA-256 of the newest token, hexadecimal. */
    tokenHash: text("token_hash").notNull(),
    /** Somebody has this e-mail: kept so that it costs and counts the same; its token was never sent. */
    isTaken: boolean("is_taken").notNull(),
    address: text("address").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    sentAt: instant("sent_at").notNull(),
    timesSent: integer("times_sent").notNull().default(1),
  },
  (table) => [
    uniqueIndex("sign_up_token_key").on(table.tokenHash),
    index("sign_up_email_idx").on(sql`lower(email)`, table.createdAt.desc()),
    index("sign_up_expires_idx").on(table.expiresAt),
  ],
);

/** What strangers asked for, counted by address and by e-mail; shared by all processes. */
export const registrationRequest = accounts.table(
  "registration_request",
  {
    id: id().primaryKey(),
    kind: text("kind", { enum: ["SIGN_UP", "VERIFICATION"] }).notNull(),
    address: text("address").notNull(),
    /** In lower case. */
    email: text("email").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [
    index("registration_request_address_idx").on(table.kind, table.address, table.at.desc()),
    index("registration_request_email_idx").on(table.kind, table.email, table.at.desc()),
    index("registration_request_at_idx").on(table.at),
  ],
);
