import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, customType, index, integer, text, unique, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../schema.js";

export type SessionStatus =
  | "DISCONNECTED"
  | "CONNECTING"
  | "QR_READY"
  | "PAIRING_CODE_READY"
  | "CONNECTED"
  | "RECONNECTING"
  | "LOGGED_OUT"
  | "FAILED";

export type FailureReason =
  | "PAIRING_UNUSED"
  | "PAIRING_REFUSED"
  | "BAD_SESSION"
  | "FORBIDDEN"
  | "REPLACED"
  | "NUMBER_RESTRICTED"
  | "PROTOCOL"
  | "CREDENTIALS"
  | "ORGANISATION_SUSPENDED";

export type DriverName = "BAILEYS" | "CLOUD" | "SIMULATED";

/** What a session is meant to be; whoever holds the lease makes it so. */
export type Goal = "STOPPED" | "PAIRED" | "CONNECTED";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** A paired phone, or one that is to be. */
export const whatsappSession = messaging.table(
  "whatsapp_session",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    name: text("name").notNull(),
    driver: text("driver").$type<DriverName>().notNull(),
    phone: text("phone"),
    goal: text("goal").$type<Goal>().notNull(),
    /** Grows whenever somebody asks for something: what was under way for an older one ends. */
    generation: integer("generation").notNull().default(0),
    status: text("status").$type<SessionStatus>().notNull(),
    statusChangedAt: instant("status_changed_at").notNull(),
    /** Grows with every change that a watcher should see. */
    revision: integer("revision").notNull().default(0),
    failureReason: text("failure_reason").$type<FailureReason>(),
    failureMessage: text("failure_message"),
    connectedAt: instant("connected_at"),
    /** Number to pair by code; null for QR. */
    pairingPhone: text("pairing_phone"),
    /** QR text or pairing code, sealed, as long as it may be used. */
    sealedCode: bytes("sealed_code"),
    codeExpiresAt: instant("code_expires_at"),
    /** Of codes while pairing, of connections while reconnecting. */
    attempt: integer("attempt").notNull().default(0),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at"),
    /** What the driver connects with, sealed. */
    credentials: bytes("credentials"),
    /** The process that runs it, until when in real time, and its fence. */
    holder: uuid("holder"),
    leaseUntil: instant("lease_until"),
    fence: bigint("fence", { mode: "bigint" }).notNull().default(sql`0`),
    createdAt: instant("created_at").notNull(),
    removedAt: instant("removed_at"),
  },
  (table) => [
    unique("whatsapp_session_organisation_key").on(table.organisationId, table.id),
    index("whatsapp_session_organisation_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    index("whatsapp_session_running_idx").on(table.holder).where(sql`goal <> 'STOPPED' or holder is not null`),
  ],
);

export type SessionRow = typeof whatsappSession.$inferSelect;
