import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, boolean, customType, foreignKey, index, integer, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";
import { user } from "../users/users.schema.js";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** The authenticator app of a user: the secret in use, and one that is being set up. Both sealed. */
export const authenticator = accounts.table(
  "authenticator",
  {
    userId: uuid("user_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    /** Null until the first setup is confirmed. */
    secret: bytes("secret"),
    /** The newest step of 30 seconds whose code was taken: neither it nor an older one is taken again. */
    lastStep: bigint("last_step", { mode: "number" }).notNull().default(0),
    pending: bytes("pending"),
    pendingUntil: instant("pending_until"),
    pendingTries: integer("pending_tries").notNull().default(0),
  },
  (table) => [
    foreignKey({
      columns: [table.organisationId, table.userId],
      foreignColumns: [user.organisationId, user.id],
      name: "authenticator_user_fk",
    }),
  ],
);

/** Codes for the day when the phone is lost; single use. */
export const recoveryCode = accounts.table(
  "recovery_code",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    /** Keyed hash. */
    hash: text("hash").notNull(),
    usedAt: instant("used_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      columns: [table.organisationId, table.userId],
      foreignColumns: [user.organisationId, user.id],
      name: "recovery_code_user_fk",
    }),
    unique("recovery_code_key").on(table.userId, table.hash),
    index("recovery_code_left_idx").on(table.userId).where(sql`used_at is null`),
  ],
);

/** A browser that a user asked not to be asked for codes in. */
export const trustedDevice = accounts.table(
  "trusted_device",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    /** SHA-256 of the token in its cookie. */
    hash: text("hash").notNull(),
    device: text("device").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.organisationId, table.userId],
      foreignColumns: [user.organisationId, user.id],
      name: "trusted_device_user_fk",
    }),
    unique("trusted_device_key").on(table.hash),
    index("trusted_device_user_idx").on(table.userId),
    index("trusted_device_expires_idx").on(table.expiresAt),
  ],
);

/** Whether codes can go out by a channel that another subgraph runs, as it last said. */
export const codeChannel = accounts.table("code_channel", {
  channel: text("channel", { enum: ["WHATSAPP"] }).primaryKey(),
  isReady: boolean("is_ready").notNull(),
  /** Of the event that said so; an older one changes nothing. */
  version: bigint("version", { mode: "bigint" }).notNull(),
});
