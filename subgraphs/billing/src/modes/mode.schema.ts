import { type Currency, id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, index, text, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";

export const BILLING_MODES = ["PREPAID", "INVOICED"] as const;

export type BillingMode = (typeof BILLING_MODES)[number];

/**
 * How organisations pay, from a date on: the newest row that has begun counts, and without one it is PREPAID. Of two
 * that begin at the same moment the later decision counts.
 */
export const billingMode = billing.table(
  "billing_mode",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    mode: text("mode").$type<BillingMode>().notNull(),
    /** Of the credit limit; null for PREPAID. */
    currency: text("currency").$type<Currency>(),
    /** Minor units; 0 for PREPAID. */
    creditLimit: bigint("credit_limit", { mode: "bigint" }).notNull().default(sql`0`),
    effectiveFrom: instant("effective_from").notNull(),
    /** When the wallets took it over; null before. */
    appliedAt: instant("applied_at"),
    changedBy: uuid("changed_by"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    index("billing_mode_organisation_idx").on(table.organisationId, table.effectiveFrom.desc(), table.id.desc()),
    index("billing_mode_open_idx").on(table.effectiveFrom).where(sql`applied_at is null`),
    check("billing_mode_limit_check", sql`credit_limit >= 0 and (mode = 'INVOICED') = (currency is not null)`),
    check("billing_mode_prepaid_check", sql`mode = 'INVOICED' or credit_limit = 0`),
  ],
);

export type BillingModeRow = typeof billingMode.$inferSelect;
