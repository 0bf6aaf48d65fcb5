import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, primaryKey, uuid } from "drizzle-orm/pg-core";
import { catalogueItem } from "../catalogue/catalogue.schema.js";
import { billing } from "../schema.js";
import { order } from "./order.schema.js";

/** Some of one catalogue item in an order, at the version that it was priced with. */
export const orderLine = billing.table(
  "order_line",
  {
    organisationId: uuid("organisation_id").notNull(),
    orderId: uuid("order_id").notNull(),
    position: integer("position").notNull(),
    itemOrganisationId: uuid("item_organisation_id").notNull(),
    itemId: uuid("item_id").notNull(),
    version: integer("version").notNull(),
    quantity: integer("quantity").notNull(),
    unitPrice: bigint("unit_price", { mode: "bigint" }).notNull(),
    /** Quantity times unit price: without discounts and tax. */
    amount: bigint("amount", { mode: "bigint" }).notNull(),
    /** Its part of what the order brought, after discounts and without tax. */
    net: bigint("net", { mode: "bigint" }).notNull(),
  },
  (table) => [
    primaryKey({ name: "order_line_pkey", columns: [table.orderId, table.position] }),
    foreignKey({
      name: "order_line_order_fk",
      columns: [table.organisationId, table.orderId],
      foreignColumns: [order.organisationId, order.id],
    }),
    foreignKey({
      name: "order_line_item_fk",
      columns: [table.itemOrganisationId, table.itemId],
      foreignColumns: [catalogueItem.organisationId, catalogueItem.id],
    }),
    index("order_line_organisation_idx").on(table.organisationId),
    index("order_line_item_idx").on(table.itemId),
    check("order_line_check", sql`quantity > 0 and unit_price >= 0 and net >= 0 and amount = quantity * unit_price`),
  ],
);

export type OrderLineRow = typeof orderLine.$inferSelect;
