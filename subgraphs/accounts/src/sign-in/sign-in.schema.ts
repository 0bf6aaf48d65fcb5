import { id, instant } from "@tollgate/kit";
import { foreignKey, index, integer, text, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";
import { user } from "../users/users.schema.js";

export const SIGN_IN_OUTCOMES = [
  "SUCCEEDED",
  "CHALLENGED",
  "WRONG_PASSWORD",
  "UNKNOWN_EMAIL",
  "WRONG_CODE",
  "EXPIRED_CODE",
  "LOCKED_OUT",
  "DEACTIVATED",
  "UNVERIFIED",
  "TOKEN_REUSED",
] as const;

/** Every attempt to sign in. Lock-outs are counted from here, so all processes share them. */
export const signInAttempt = accounts.table(
  "sign_in_attempt",
  {
    id: id().primaryKey(),
    /** Of the user; the operator's for an e-mail that nobody has. */
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id"),
    /** In lower case. */
    email: text("email").notNull(),
    outcome: text("outcome", { enum: SIGN_IN_OUTCOMES }).notNull(),
    address: text("address").notNull(),
    /** What failures are counted by: of IPv6 the network of 64 bits, of which one household has all addresses. */
    network: text("network").notNull().default("-"),
    userAgent: text("user_agent").notNull(),
    at: instant("at").notNull().defaultNow(),
  },
  (table) => [
    index("sign_in_attempt_email_idx").on(table.email, table.at.desc()),
    index("sign_in_attempt_address_idx").on(table.address, table.at.desc()),
    index("sign_in_attempt_network_idx").on(table.network, table.at.desc()),
    index("sign_in_attempt_at_idx").on(table.at),
    index("sign_in_attempt_organisation_idx").on(table.organisationId, table.at.desc(), table.id.desc()),
  ],
);

/** A one-time code on its way. Its id is unguessable and is the only way to it. */
export const challenge = accounts.table(
  "challenge",
  {
    id: uuid("id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    channel: text("channel", { enum: ["EMAIL", "WHATSAPP", "AUTHENTICATOR"] }).notNull(),
    /** Keyed hash of the code: six digits alone would be found by trying. Null where an authenticator app makes it. */
    codeHash: text("code_hash"),
    attemptsLeft: integer("attempts_left").notNull(),
    resendsLeft: integer("resends_left").notNull(),
    resendAllowedAt: instant("resend_allowed_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    consumedAt: instant("consumed_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      columns: [table.organisationId, table.userId],
      foreignColumns: [user.organisationId, user.id],
      name: "challenge_user_fk",
    }),
    index("challenge_user_idx").on(table.userId, table.createdAt.desc()),
    index("challenge_expires_idx").on(table.expiresAt),
  ],
);
