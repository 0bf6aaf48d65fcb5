import { id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";

/** A partner's key with the one or two secrets that are good at the moment. */
export const apiKey = accounts.table(
  "api_key",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    name: text("name").notNull(),
    /** A person of this organisation or of one above it. */
    createdBy: uuid("created_by").notNull(),
    /** Who gave out the secret last: the key may never do more than this person may. */
    answeredBy: uuid("answered_by").notNull(),
    permissions: text("permissions").array().notNull(),
    /** CIDR ranges and single addresses; empty means from anywhere. */
    allowedAddresses: text("allowed_addresses").array().notNull(),
    requestsPerMinute: integer("requests_per_minute").notNull(),
    /** Grows with what the one who answers may do; a token with a lower one is out of date. */
    version: integer("version").notNull().default(1),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
    lastUsedAt: instant("last_used_at"),
    lastUsedFrom: text("last_used_from"),
    /** What access tokens made from the secret have for a session: ending it ends them. */
    sessionId: uuid("session_id").notNull(),
    /** First characters of the secret, by which it is found. */
    prefix: text("prefix").notNull(),
    /** HMAC-SHA-256 of the whole secret, hexadecimal. */
    secretHash: text("secret_hash").notNull(),
    /** Of the secret before, which is good until `previous_until`. */
    previousSessionId: uuid("previous_session_id"),
    previousPrefix: text("previous_prefix"),
    previousHash: text("previous_hash"),
    previousUntil: instant("previous_until"),
  },
  (table) => [
    uniqueIndex("api_key_prefix_key").on(table.prefix),
    uniqueIndex("api_key_previous_prefix_key").on(table.previousPrefix).where(sql`previous_prefix is not null`),
    index("api_key_organisation_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    index("api_key_created_idx").on(table.createdAt.desc(), table.id.desc()),
    index("api_key_answered_idx").on(table.answeredBy).where(sql`revoked_at is null`),
    index("api_key_previous_idx").on(table.previousUntil).where(sql`previous_until is not null`),
    check("api_key_name_check", sql`length(trim(name)) between 1 and 80`),
    check("api_key_rate_check", sql`requests_per_minute > 0`),
  ],
);

/** Mutations that were done: the same key and input gives the first result again. */
export const idempotency = accounts.table(
  "idempotency",
  {
    organisationId: uuid("organisation_id").notNull(),
    key: text("key").notNull(),
    /** Of the operation and its input. */
    digest: text("digest").notNull(),
    result: json("result"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    primaryKey({ name: "idempotency_pkey", columns: [table.organisationId, table.key] }),
    index("idempotency_created_idx").on(table.createdAt),
  ],
);
