import { instant } from "@tollgate/kit";
import { bigint, boolean, customType, index, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** Entries that wait for their place in the chain, in the order in which they came. */
export const auditUnsealed = organisations.table(
  "audit_unsealed",
  {
    organisationId: uuid("organisation_id").notNull(),
    entryId: uuid("entry_id").primaryKey(),
    arrival: bigint("arrival", { mode: "bigint" }).notNull().generatedAlwaysAsIdentity(),
  },
  (table) => [index("audit_unsealed_arrival_idx").on(table.arrival)],
);

/** The chain of each organisation: from 1 without gaps, each hash over the entry and the hash before. Only ever added to. */
export const auditLink = organisations.table(
  "audit_link",
  {
    organisationId: uuid("organisation_id").notNull(),
    position: bigint("position", { mode: "bigint" }).notNull(),
    entryId: uuid("entry_id").notNull(),
    hash: bytes("hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organisationId, table.position] }),
    uniqueIndex("audit_link_entry_idx").on(table.entryId),
  ],
);

/** What the chain was at some hour, signed: shows tails that were cut and chains that were written anew. */
export const auditAnchor = organisations.table(
  "audit_anchor",
  {
    organisationId: uuid("organisation_id").notNull(),
    position: bigint("position", { mode: "bigint" }).notNull(),
    hash: bytes("hash").notNull(),
    at: instant("at").notNull(),
    signature: bytes("signature").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organisationId, table.position] })],
);

/** Up to where a chain was archived and removed: the hash that its kept part follows from, signed. */
export const auditCheckpoint = organisations.table(
  "audit_checkpoint",
  {
    organisationId: uuid("organisation_id").notNull(),
    position: bigint("position", { mode: "bigint" }).notNull(),
    hash: bytes("hash").notNull(),
    at: instant("at").notNull(),
    signature: bytes("signature").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organisationId, table.position] })],
);

/** The last verification of each organisation's chain. */
export const auditVerification = organisations.table("audit_verification", {
  organisationId: uuid("organisation_id").primaryKey(),
  startedAt: instant("started_at").notNull(),
  /** Null until the first one has ended. */
  checkedAt: instant("checked_at"),
  intact: boolean("intact"),
  entriesChecked: bigint("entries_checked", { mode: "bigint" }),
  firstBrokenEntryId: uuid("first_broken_entry_id"),
  missingTail: bigint("missing_tail", { mode: "bigint" }),
});

/** Suspicions that were raised lately, so that the same one is not raised again by every look. */
export const auditAlarm = organisations.table(
  "audit_alarm",
  {
    organisationId: uuid("organisation_id").notNull(),
    pattern: text("pattern").notNull(),
    /** The person, API key or address that it is about. */
    subject: text("subject").notNull(),
    raisedAt: instant("raised_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organisationId, table.pattern, table.subject] })],
);
