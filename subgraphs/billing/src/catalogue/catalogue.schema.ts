import { type Currency, id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import type { BillingInterval } from "../prices/breakdown.js";
import { billing } from "../schema.js";

export const ITEM_KINDS = ["SERVICE", "PRODUCT"] as const;

export type ItemKind = (typeof ITEM_KINDS)[number];

export type ItemState = "ACTIVE" | "RETIRED";

/** What an organisation sells to those below it. Never deleted: orders and service subscriptions lead back to it. */
export const catalogueItem = billing.table(
  "catalogue_item",
  {
    id: id().primaryKey(),
    /** Who sells it. */
    organisationId: uuid("organisation_id").notNull(),
    kind: text("kind").$type<ItemKind>().notNull(),
    name: text("name").notNull(),
    description: text("description"),
    category: text("category"),
    /** Between two renewals; of a SERVICE. */
    interval: text("interval").$type<BillingInterval>(),
    currency: text("currency").$type<Currency>().notNull(),
    /** Minor units for one of it, without tax: that of the newest version. */
    price: bigint("price", { mode: "bigint" }).notNull(),
    version: integer("version").notNull().default(1),
    state: text("state").$type<ItemState>().notNull().default("ACTIVE"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    unique("catalogue_item_organisation_key").on(table.organisationId, table.id),
    index("catalogue_item_name_idx").on(table.organisationId, sql`lower(name)`, table.id),
    check("catalogue_item_kind_check", sql`kind in ('SERVICE', 'PRODUCT')`),
    check("catalogue_item_state_check", sql`state in ('ACTIVE', 'RETIRED')`),
    check("catalogue_item_interval_check", sql`(kind = 'SERVICE') = (interval is not null)`),
    check("catalogue_item_price_check", sql`price >= 0 and version > 0`),
  ],
);

/** A version of an item: the price that counts for new orders and renewals from a moment on. */
export const catalogueVersion = billing.table(
  "catalogue_version",
  {
    organisationId: uuid("organisation_id").notNull(),
    itemId: uuid("item_id").notNull(),
    version: integer("version").notNull(),
    price: bigint("price", { mode: "bigint" }).notNull(),
    effectiveFrom: instant("effective_from").notNull(),
  },
  (table) => [
    primaryKey({ name: "catalogue_version_pkey", columns: [table.itemId, table.version] }),
    foreignKey({
      name: "catalogue_version_item_fk",
      columns: [table.organisationId, table.itemId],
      foreignColumns: [catalogueItem.organisationId, catalogueItem.id],
    }),
    index("catalogue_version_organisation_idx").on(table.organisationId),
    check("catalogue_version_price_check", sql`price >= 0 and version > 0`),
  ],
);

export type CatalogueItemRow = typeof catalogueItem.$inferSelect;
