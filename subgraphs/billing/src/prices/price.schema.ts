import { type Currency, id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";

export const PRICED_RESOURCES = [
  "VCPU",
  "MEMORY",
  "STORAGE_STANDARD",
  "STORAGE_SSD",
  "STORAGE_NVME",
  "BANDWIDTH",
  "BACKUP",
  "EXTRA_SERVICE",
  "LICENCE",
] as const;

export type PricedResource = (typeof PRICED_RESOURCES)[number];

/** What an organisation, and all below it without a list of their own, pays from a date on. */
export const priceList = billing.table(
  "price_list",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    name: text("name").notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    version: integer("version").notNull(),
    /** Null for a draft, which alone can change. */
    publishedAt: instant("published_at"),
    effectiveFrom: instant("effective_from"),
    /** When the next list takes over. */
    effectiveTo: instant("effective_to"),
    /** On inherited rates; 100 are 1 %. */
    markupBasisPoints: integer("markup_basis_points").notNull().default(0),
    tierAdjustmentBasisPoints: integer("tier_adjustment_basis_points").notNull().default(0),
  },
  (table) => [
    unique("price_list_version_key").on(table.organisationId, table.currency, table.version),
    unique("price_list_organisation_key").on(table.organisationId, table.id),
    check("price_list_published_check", sql`published_at is null or effective_from is not null`),
    check("price_list_period_check", sql`effective_to > effective_from`),
    check("price_list_markup_check", sql`markup_basis_points >= -10000 and tier_adjustment_basis_points >= -10000`),
  ],
);

/** Exact price of one resource: R150 a month is 15000 for 720 hours. */
export const rate = billing.table(
  "rate",
  {
    organisationId: uuid("organisation_id").notNull(),
    priceListId: uuid("price_list_id").notNull(),
    resource: text("resource").$type<PricedResource>().notNull(),
    /** Of EXTRA_SERVICE and LICENCE: which; else empty. */
    code: text("code").notNull().default(""),
    minorUnits: bigint("minor_units", { mode: "bigint" }).notNull(),
    perHours: integer("per_hours").notNull(),
  },
  (table) => [
    primaryKey({ name: "rate_pkey", columns: [table.priceListId, table.resource, table.code] }),
    foreignKey({
      name: "rate_price_list_fk",
      columns: [table.organisationId, table.priceListId],
      foreignColumns: [priceList.organisationId, priceList.id],
    }),
    index("rate_organisation_idx").on(table.organisationId),
    check("rate_check", sql`minor_units >= 0 and per_hours > 0`),
  ],
);

/** A discount from this spend of the last 30 days on. */
export const volumeTier = billing.table(
  "volume_tier",
  {
    organisationId: uuid("organisation_id").notNull(),
    priceListId: uuid("price_list_id").notNull(),
    fromMinorUnits: bigint("from_minor_units", { mode: "bigint" }).notNull(),
    discountBasisPoints: integer("discount_basis_points").notNull(),
  },
  (table) => [
    primaryKey({ name: "volume_tier_pkey", columns: [table.priceListId, table.fromMinorUnits] }),
    foreignKey({
      name: "volume_tier_price_list_fk",
      columns: [table.organisationId, table.priceListId],
      foreignColumns: [priceList.organisationId, priceList.id],
    }),
    index("volume_tier_organisation_idx").on(table.organisationId),
    check("volume_tier_check", sql`from_minor_units >= 0 and discount_basis_points between 0 and 10000`),
  ],
);

export type PriceListRow = typeof priceList.$inferSelect;
export type RateRow = typeof rate.$inferSelect;
export type VolumeTierRow = typeof volumeTier.$inferSelect;
