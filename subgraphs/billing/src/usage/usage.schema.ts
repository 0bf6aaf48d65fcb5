import { id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  numeric,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { MachineSize } from "../prices/cost.js";
import type { Fraction } from "../prices/fraction.js";
import type { PricedResource } from "../prices/price.schema.js";
import { billing } from "../schema.js";

/**
 * A stretch of time in which a machine did not change: what it is charged for follows from these alone. A machine never has
 * two of them at once: of those without an end an index says so, of the others the trigger in `runs.laws.ts`.
 */
export const run = billing.table(
  "run",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    vmId: uuid("vm_id").notNull(),
    fromAt: instant("from_at").notNull(),
    /** Null while it goes on. */
    toAt: instant("to_at"),
    /** Whether it uses compute beside storage. */
    isOn: boolean("is_on").notNull(),
    size: json("size").$type<Omit<MachineSize, "extras">>().notNull(),
    /** Of the machine's event that began it, or the last one that changed nothing. */
    version: bigint("version", { mode: "bigint" }).notNull(),
  },
  (table) => [
    index("run_organisation_idx").on(table.organisationId, table.fromAt),
    index("run_vm_idx").on(table.vmId, table.version.desc()),
    uniqueIndex("run_open_key").on(table.vmId).where(sql`to_at is null`),
    check("run_period_check", sql`to_at is null or to_at >= from_at`),
  ],
);

/** Until when an organisation's use is charged: always a full hour. */
export const metering = billing.table(
  "metering",
  {
    organisationId: uuid("organisation_id").primaryKey(),
    until: instant("until_at").notNull(),
    /** Tax on all use that was charged, exact: in ten-thousandths of a minor unit. */
    taxUsed: bigint("tax_used", { mode: "bigint" }).notNull().default(sql`0`),
    /** Minor units of it that were charged: tax used, rounded. */
    taxCharged: bigint("tax_charged", { mode: "bigint" }).notNull().default(sql`0`),
  },
  (table) => [index("metering_until_idx").on(table.until)],
);

/** What one resource of a machine has used up since it began: exact, and how much of it was turned into records. */
export const meter = billing.table(
  "meter",
  {
    organisationId: uuid("organisation_id").notNull(),
    vmId: uuid("vm_id").notNull(),
    resource: text("resource").$type<PricedResource>().notNull(),
    /** Of EXTRA_SERVICE and LICENCE: which; else empty. */
    code: text("code").notNull(),
    /** Minor units, exact. */
    used: json("used").$type<Fraction>().notNull(),
    /** Minor units in whole: used, rounded. */
    recorded: bigint("recorded", { mode: "bigint" }).notNull(),
  },
  (table) => [
    primaryKey({ name: "meter_pkey", columns: [table.vmId, table.resource, table.code] }),
    index("meter_organisation_idx").on(table.organisationId),
  ],
);

/** What one resource of a machine used in one hour. */
export const usageRecord = billing.table(
  "usage_record",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    vmId: uuid("vm_id").notNull(),
    hour: instant("hour").notNull(),
    resource: text("resource").$type<PricedResource>().notNull(),
    code: text("code").notNull(),
    minutes: integer("minutes").notNull(),
    /** Units for hours. */
    quantity: numeric("quantity").notNull(),
    currency: text("currency").notNull(),
    /** Minor units after discounts, without tax. */
    amount: bigint("amount", { mode: "bigint" }).notNull(),
    /** Whose rates counted; null only of what was recorded before lists were noted. */
    priceListId: uuid("price_list_id"),
    /** Taken off for the volume of the 30 days before. */
    volumeBasisPoints: integer("volume_basis_points").notNull().default(0),
    /** Taken off what was left, by promotions. */
    promotionBasisPoints: integer("promotion_basis_points").notNull().default(0),
    /** That charged its hour; null where nothing was left to pay. */
    entryId: uuid("entry_id"),
  },
  (table) => [
    unique("usage_record_key").on(table.vmId, table.resource, table.code, table.hour),
    index("usage_record_organisation_idx").on(table.organisationId, table.hour.desc(), table.id.desc()),
    check("usage_record_minutes_check", sql`minutes between 1 and 60`),
  ],
);

export type RunRow = typeof run.$inferSelect;
export type MeterRow = typeof meter.$inferSelect;
export type UsageRow = typeof usageRecord.$inferSelect;
