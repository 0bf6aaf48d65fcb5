import { type Currency, id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { check, index, text, unique, uuid } from "drizzle-orm/pg-core";
import type { BillingInterval, Breakdown } from "../prices/breakdown.js";
import type { VmConfig } from "../prices/config.js";
import { billing } from "../schema.js";

/** Counts the numbers that people see; some may be left out. */
export const quoteNumbers = billing.sequence("quote_number");

/** A price for one machine; frozen once it is issued. */
export const quote = billing.table(
  "quote",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    number: text("number").notNull().default(sql`'Q-' || lpad(nextval('billing.quote_number')::text, 6, '0')`),
    /** EXPIRED is ISSUED after its time. */
    state: text("state").$type<"DRAFT" | "ISSUED" | "ACCEPTED" | "REJECTED">().notNull(),
    vm: json("vm").$type<VmConfig>().notNull(),
    interval: text("interval").$type<BillingInterval>().notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    price: json("price").$type<Breakdown>().notNull(),
    createdBy: uuid("created_by"),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at"),
    rejectionReason: text("rejection_reason"),
  },
  (table) => [
    unique("quote_organisation_key").on(table.organisationId, table.id),
    unique("quote_number_key").on(table.number),
    index("quote_organisation_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    index("quote_created_idx").on(table.createdAt.desc(), table.id.desc()),
    check("quote_state_check", sql`state in ('DRAFT', 'ISSUED', 'ACCEPTED', 'REJECTED')`),
    check("quote_expires_check", sql`state not in ('ISSUED', 'ACCEPTED') or expires_at is not null`),
  ],
);

export type QuoteRow = typeof quote.$inferSelect;
