import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { check, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";
import { organisation } from "../tree/tree.schema.js";

/** An organisation's own role. The built-in ones live in code, under fixed ids that sort before any of these. */
export const role = organisations.table(
  "role",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id")
      .notNull()
      .references(() => organisation.organisationId),
    name: text("name").notNull(),
    description: text("description"),
    /** `resource:action`, sorted. */
    permissions: text("permissions").array().notNull(),
    /** Null: an API key did it. */
    createdBy: uuid("created_by"),
    createdAt: instant("created_at").notNull(),
    changedAt: instant("changed_at").notNull(),
  },
  (table) => [
    unique("role_organisation_key").on(table.organisationId, table.id),
    uniqueIndex("role_name_key").on(table.organisationId, sql`lower(name)`),
    check("role_name_check", sql`length(trim(name)) between 1 and 60`),
    check("role_description_check", sql`length(description) <= 300`),
    check("role_permissions_check", sql`cardinality(permissions) between 1 and 200`),
    check("role_id_check", sql`id > '01900000-0000-7000-8000-0000000000ff'`),
  ],
);
