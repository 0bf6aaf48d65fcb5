import { instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, smallint, text, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";

/** A node of the tree. Its place and effective status stand in `tenancy`, which every subgraph has a copy of. */
export const organisation = organisations.table(
  "organisation",
  {
    organisationId: uuid("organisation_id").primaryKey(),
    parentId: uuid("parent_id"),
    name: text("name").notNull(),
    /** Grows with every other name; 0: nobody was told this one yet. */
    nameVersion: bigint("name_version", { mode: "bigint" }).notNull().default(sql`0`),
    kind: text("kind", { enum: ["INTERNAL", "RESELLER", "CUSTOMER"] }).notNull(),
    /** Its own; one below a suspended organisation is suspended all the same. */
    ownStatus: text("own_status", { enum: ["ACTIVE", "SUSPENDED", "CLOSED"] })
      .notNull()
      .default("ACTIVE"),
    statusReason: text("status_reason"),
    /** 0 for the root, at most 8. */
    depth: smallint("depth").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    closedAt: instant("closed_at"),
  },
  (table) => [
    foreignKey({ columns: [table.parentId], foreignColumns: [table.organisationId], name: "organisation_parent_fk" }),
    index("organisation_parent_idx").on(table.parentId),
    index("organisation_name_idx").on(table.name, table.organisationId),
    index("organisation_created_idx").on(table.createdAt, table.organisationId),
    check("organisation_name_check", sql`length(trim(name)) between 1 and 120`),
    check("organisation_depth_check", sql`depth between 0 and 8`),
    check("organisation_kind_check", sql`kind in ('INTERNAL', 'RESELLER', 'CUSTOMER')`),
    check("organisation_root_check", sql`(kind = 'INTERNAL') = (parent_id is null)`),
    check("organisation_status_check", sql`own_status in ('ACTIVE', 'SUSPENDED', 'CLOSED')`),
  ],
);
