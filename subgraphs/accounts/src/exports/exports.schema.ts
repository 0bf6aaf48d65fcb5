import { id, instant } from "@tollgate/kit";
import type { SubgraphName } from "@tollgate/kit/protocol";
import { sql } from "drizzle-orm";
import {
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";
import { user } from "../users/users.schema.js";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

export const EXPORT_STATES = ["GATHERING", "READY", "FAILED", "EXPIRED"] as const;

/** An archive of everything that is kept of one person, from the moment it was asked for. */
export const dataExport = accounts.table(
  "data_export",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    userId: uuid("user_id").notNull(),
    state: text("state", { enum: EXPORT_STATES }).notNull(),
    requestedAt: instant("requested_at").notNull(),
    /** Of GATHERING: it has FAILED when a subgraph has not answered by then. */
    gatherUntil: instant("gather_until").notNull(),
    /** Of READY: the parts are removed then. */
    expiresAt: instant("expires_at"),
  },
  (table) => [
    unique("data_export_organisation_key").on(table.organisationId, table.id),
    foreignKey({
      columns: [table.organisationId, table.userId],
      foreignColumns: [user.organisationId, user.id],
      name: "data_export_user_fk",
    }),
    // One at a time: two requests at once cannot both get in.
    uniqueIndex("data_export_gathering_key").on(table.userId).where(sql`state = 'GATHERING'`),
    index("data_export_user_idx").on(table.userId, table.requestedAt.desc()),
    index("data_export_open_idx").on(table.gatherUntil).where(sql`state = 'GATHERING'`),
    index("data_export_expires_idx").on(table.expiresAt).where(sql`state = 'READY'`),
  ],
);

/** What one subgraph answered, sealed for as long as it is kept. */
export const dataExportPart = accounts.table(
  "data_export_part",
  {
    exportId: uuid("export_id").notNull(),
    organisationId: uuid("organisation_id").notNull(),
    subgraph: text("subgraph").$type<SubgraphName>().notNull(),
    number: integer("number").notNull(),
    isLast: boolean("is_last").notNull(),
    /** There was more than an archive takes. */
    isCut: boolean("is_cut").notNull(),
    sealed: bytes("sealed").notNull(),
  },
  (table) => [
    primaryKey({ name: "data_export_part_pkey", columns: [table.exportId, table.subgraph, table.number] }),
    foreignKey({
      columns: [table.organisationId, table.exportId],
      foreignColumns: [dataExport.organisationId, dataExport.id],
      name: "data_export_part_export_fk",
    }).onDelete("cascade"),
  ],
);

export type DataExportRow = typeof dataExport.$inferSelect;
