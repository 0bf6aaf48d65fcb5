import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  type PgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { encode, revive } from "../protocol/codec.js";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** A value written and read by the one JSON codec. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => "jsonb",
  toDriver: encode,
  // The driver has parsed it: what is a text by now was a text in JSON.
  fromDriver: (value: unknown) => revive(value),
});

/** `timestamptz` to the millisecond, as a Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

/** UUIDv7 made by the database. */
export const id = (name = "id") => uuid(name).default(sql`uuidv7()`);

/** The tables of the kit in a subgraph's own schema. */
export const kitTables = (schema: PgSchema) => ({
  /** The subgraph's projection of the tree. */
  tenancy: schema.table(
    "tenancy",
    {
      organisationId: uuid("organisation_id").primaryKey(),
      parentId: uuid("parent_id"),
      path: text("path").notNull(),
      kind: text("kind").notNull(),
      status: text("status").notNull(),
      version: bigint("version", { mode: "bigint" }).notNull(),
    },
    (table) => [
      index("tenancy_version_idx").on(table.version),
      // Compared byte by byte, so that a branch is one range of the index.
      uniqueIndex("tenancy_path_idx").on(sql`path collate "C"`),
    ],
  ),
  /** What is written for settings, of every organisation: organisations' own, and everybody's copy of it. */
  settingValue: schema.table(
    "setting_value",
    {
      organisationId: uuid("organisation_id").notNull(),
      key: text("key").notNull(),
      /** False where it was taken away: the row stays for its version. */
      isSet: boolean("is_set").notNull(),
      value: json("value"),
      /** In place of `value` where it is a secret. */
      sealed: bytes("sealed"),
      /** Of the key that opens `sealed`. */
      keyId: text("key_id"),
      version: bigint("version", { mode: "bigint" }).notNull(),
      changedAt: instant("changed_at").notNull(),
      changedBy: uuid("changed_by"),
    },
    (table) => [
      primaryKey({ columns: [table.organisationId, table.key] }),
      check("setting_value_one_form_check", sql`sealed is null or value is null`),
      check("setting_value_sealed_check", sql`(sealed is null) = (key_id is null)`),
    ],
  ),
  outboxAggregate: schema.table("outbox_aggregate", {
    aggregateId: uuid("aggregate_id").primaryKey(),
    version: bigint("version", { mode: "bigint" }).notNull(),
  }),
  outbox: schema.table(
    "outbox",
    {
      id: uuid("id").primaryKey(),
      partition: smallint("partition").notNull(),
      type: text("type").notNull(),
      aggregateId: uuid("aggregate_id").notNull(),
      aggregateVersion: bigint("aggregate_version", { mode: "bigint" }).notNull(),
      organisationId: uuid("organisation_id"),
      payload: json("payload").notNull(),
      sealed: bytes("sealed"),
      /** Live topic it is streamed on, such as `notifications:<user id>`. */
      topic: text("topic"),
      occurredAt: instant("occurred_at").notNull(),
      attempts: integer("attempts").notNull().default(0),
      nextAttemptAt: instant("next_attempt_at").notNull(),
      error: text("error"),
      /** Given up; everything of its aggregate waits behind it. */
      parkedAt: instant("parked_at"),
      deliveredAt: instant("delivered_at"),
      /** Consumers that have it already, while others are away. */
      deliveredTo: text("delivered_to").array().notNull().default(sql`'{}'`),
      /** Order of the live streams, given by the relay; the cursor that clients resume from. */
      streamSeq: bigint("stream_seq", { mode: "bigint" }),
    },
    (table) => [
      index("outbox_waiting_idx").on(table.partition, table.id).where(sql`delivered_at is null`),
      index("outbox_aggregate_waiting_idx")
        .on(table.aggregateId, table.aggregateVersion)
        .where(sql`delivered_at is null`),
      index("outbox_stream_idx").on(table.streamSeq).where(sql`stream_seq is not null`),
      index("outbox_topic_idx").on(table.topic, table.streamSeq).where(sql`stream_seq is not null`),
      index("outbox_delivered_idx").on(table.deliveredAt),
    ],
  ),
  outboxLease: schema.table("outbox_lease", {
    partition: smallint("partition").primaryKey(),
    holder: uuid("holder").notNull(),
    until: instant("until").notNull(),
    /** Grows with every change of holder; a relay that lost its lease marks nothing any more. */
    fence: bigint("fence", { mode: "bigint" }).notNull(),
  }),
  inbox: schema.table(
    "inbox",
    {
      eventId: uuid("event_id").primaryKey(),
      type: text("type").notNull(),
      receivedAt: instant("received_at").notNull().defaultNow(),
    },
    (table) => [index("inbox_received_idx").on(table.receivedAt)],
  ),
  streamSequence: schema.sequence("stream_sequence"),
});
