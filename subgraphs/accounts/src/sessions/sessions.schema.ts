import { id, instant } from "@tollgate/kit";
import { bigint, bigserial, foreignKey, index, integer, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";
import { user } from "../users/users.schema.js";

/** A sign-in on one device, with the one refresh token that is good at the moment. */
export const session = accounts.table(
  "session",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    device: text("device").notNull(),
    address: text("address").notNull(),
    userAgent: text("user_agent").notNull(),
    startedAt: instant("started_at").notNull().defaultNow(),
    lastSeenAt: instant("last_seen_at").notNull().defaultNow(),
    /** Seven days after the last use of its refresh token. */
    expiresAt: instant("expires_at").notNull(),
    endedAt: instant("ended_at"),
    endReason: text("end_reason", {
      enum: ["SIGNED_OUT", "ENDED_BY_USER", "ENDED_BY_MANAGER", "TOKEN_REUSED", "ORGANISATION_CLOSED"],
    }),
    /** How often the refresh token has been rotated. */
    generation: integer("generation").notNull().default(0),
    rotatedAt: instant("rotated_at").notNull().defaultNow(),
    /** SHA-256 of the refresh token, hexadecimal. */
    refreshHash: text("refresh_hash").notNull(),
    /** Of the one before: good for a moment longer, so that two tabs may refresh at once. */
    previousHash: text("previous_hash"),
  },
  (table) => [
    unique("session_organisation_key").on(table.organisationId, table.id),
    foreignKey({
      columns: [table.organisationId, table.userId],
      foreignColumns: [user.organisationId, user.id],
      name: "session_user_fk",
    }),
    index("session_user_idx").on(table.userId, table.lastSeenAt.desc()),
    index("session_expires_idx").on(table.expiresAt),
  ],
);

/** What every process must know within a second; read in order of `sequence`, which is given under a lock. */
export const revocation = accounts.table(
  "revocation",
  {
    sequence: bigserial("sequence", { mode: "bigint" }).primaryKey(),
    sessionId: uuid("session_id"),
    userId: uuid("user_id"),
    permissionsVersion: bigint("permissions_version", { mode: "bigint" }),
    at: instant("at").notNull().defaultNow(),
  },
  (table) => [index("revocation_at_idx").on(table.at)],
);
