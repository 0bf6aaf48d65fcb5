import { type Currency, id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { catalogueItem } from "../catalogue/catalogue.schema.js";
import type { BillingInterval } from "../prices/breakdown.js";
import type { Calculation } from "../prices/calculation.js";
import type { VmConfig } from "../prices/config.js";
import type { Fraction } from "../prices/fraction.js";
import { billing } from "../schema.js";

/** Counts the numbers that people see; some may be left out. */
export const quoteNumbers = billing.sequence("quote_number");

/** A price as it is kept with its quote. */
export interface QuotedPrice extends Omit<Calculation, "subtotal" | "tax"> {
  /** Absent where no tax is raised: then it is the total. */
  subtotal?: bigint;
  tax?: bigint;
  /** Of a machine: rounded, with everything. */
  perHour?: bigint | null;
  /** Of a machine: minor units in an hour, exact, as it is held, reserved and counted with. */
  rate?: Fraction | null;
}

/** A price for one machine, or for catalogue items (which are its lines); frozen once it is issued. */
export const quote = billing.table(
  "quote",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    number: text("number").notNull().default(sql`'Q-' || lpad(nextval('billing.quote_number')::text, 6, '0')`),
    /** EXPIRED is ISSUED after its time. */
    state: text("state").$type<"DRAFT" | "ISSUED" | "ACCEPTED" | "REJECTED">().notNull(),
    /** Null: it is for catalogue items. */
    vm: json("vm").$type<VmConfig>(),
    interval: text("interval").$type<BillingInterval>().notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    price: json("price").$type<QuotedPrice>().notNull(),
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

/** Some of one catalogue item in a quote, at the version that it was priced with. */
export const quoteLine = billing.table(
  "quote_line",
  {
    organisationId: uuid("organisation_id").notNull(),
    quoteId: uuid("quote_id").notNull(),
    position: integer("position").notNull(),
    itemOrganisationId: uuid("item_organisation_id").notNull(),
    itemId: uuid("item_id").notNull(),
    version: integer("version").notNull(),
    quantity: integer("quantity").notNull(),
    unitPrice: bigint("unit_price", { mode: "bigint" }).notNull(),
    /** Quantity times unit price: without discounts and tax. */
    amount: bigint("amount", { mode: "bigint" }).notNull(),
  },
  (table) => [
    primaryKey({ name: "quote_line_pkey", columns: [table.quoteId, table.position] }),
    foreignKey({
      name: "quote_line_quote_fk",
      columns: [table.organisationId, table.quoteId],
      foreignColumns: [quote.organisationId, quote.id],
    }),
    foreignKey({
      name: "quote_line_item_fk",
      columns: [table.itemOrganisationId, table.itemId],
      foreignColumns: [catalogueItem.organisationId, catalogueItem.id],
    }),
    index("quote_line_organisation_idx").on(table.organisationId),
    index("quote_line_item_idx").on(table.itemId),
    check("quote_line_check", sql`quantity > 0 and unit_price >= 0 and amount = quantity * unit_price`),
  ],
);

export type QuoteRow = typeof quote.$inferSelect;

/** A quote for a machine. */
export interface VmQuoteRow extends QuoteRow {
  vm: VmConfig;
  price: QuotedPrice & { rate: Fraction };
}

/** The same row as one for a machine; null for one that is for catalogue items. */
export const vmQuote = (row: QuoteRow): VmQuoteRow | null => {
  const { vm, price } = row;
  const { rate } = price;
  return vm && rate ? { ...row, vm, price: { ...price, rate } } : null;
};
