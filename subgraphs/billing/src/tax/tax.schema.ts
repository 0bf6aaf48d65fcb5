import { instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";

/** What is added to every charge in a country from a date on. */
export const taxRate = billing.table(
  "tax_rate",
  {
    /** The operator's: nobody else sets taxes. */
    organisationId: uuid("organisation_id").notNull(),
    /** ISO 3166 alpha-2. */
    country: text("country").notNull(),
    name: text("name").notNull(),
    basisPoints: integer("basis_points").notNull(),
    effectiveFrom: instant("effective_from").notNull(),
  },
  (table) => [
    primaryKey({ name: "tax_rate_pkey", columns: [table.organisationId, table.country, table.effectiveFrom] }),
    check("tax_rate_check", sql`basis_points between 0 and 10000`),
  ],
);

export type TaxRateRow = typeof taxRate.$inferSelect;
