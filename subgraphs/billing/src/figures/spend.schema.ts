import { type Currency, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { wallet } from "../ledger/ledger.schema.js";
import type { PricedResource } from "../prices/price.schema.js";
import { billing } from "../schema.js";

const amount = () => bigint("amount", { mode: "bigint" }).notNull();

/**
 * How far a wallet's books are summed up. Positions in a wallet have no gaps and postings never change, so that the sums
 * and what came after them are the whole, whenever they were taken.
 */
export const spendProgress = billing.table(
  "spend_progress",
  {
    walletId: uuid("wallet_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    /** Of the newest posting that is summed up as spend. */
    position: bigint("position", { mode: "bigint" }).notNull(),
    /** Of the newest posting that is summed up as revenue. */
    revenuePosition: bigint("revenue_position", { mode: "bigint" }).notNull().default(sql`0`),
    /** Usage records of earlier hours are summed up; midnight in UTC. Null where there are none. */
    usageUntil: instant("usage_until"),
  },
  (table) => [
    foreignKey({
      name: "spend_progress_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    index("spend_progress_organisation_idx").on(table.organisationId),
  ],
);

/** What a wallet was charged in a quarter of a day of UTC: its books REVENUE and TAX. */
export const spendPart = billing.table(
  "spend_part",
  {
    organisationId: uuid("organisation_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    /** When the six hours begin. */
    part: instant("part").notNull(),
    /** Minor units of the wallet's currency, tax included. */
    amount: amount(),
  },
  (table) => [
    primaryKey({ name: "spend_part_pkey", columns: [table.walletId, table.part] }),
    foreignKey({
      name: "spend_part_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    check("spend_part_check", sql`extract(epoch from part) % 21600 = 0`),
  ],
);

/**
 * What a wallet was charged on a day of UTC without tax, by entries of its own organisation: discounts for volume follow
 * from it. What is charged at the first moment of a day is of the day before.
 */
export const revenueDay = billing.table(
  "revenue_day",
  {
    organisationId: uuid("organisation_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    /** Counted from the first of 1970. */
    day: integer("day").notNull(),
    /** Minor units of the wallet's currency. */
    amount: amount(),
  },
  (table) => [
    primaryKey({ name: "revenue_day_pkey", columns: [table.walletId, table.day] }),
    foreignKey({
      name: "revenue_day_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
  ],
);

/** What one resource of a machine used on a day of UTC: its usage records, summed up. */
export const usageDay = billing.table(
  "usage_day",
  {
    organisationId: uuid("organisation_id").notNull(),
    day: instant("day").notNull(),
    vmId: uuid("vm_id").notNull(),
    resource: text("resource").$type<PricedResource>().notNull(),
    code: text("code").notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    amount: amount(),
  },
  (table) => [
    primaryKey({
      name: "usage_day_pkey",
      columns: [table.organisationId, table.day, table.vmId, table.resource, table.code, table.currency],
    }),
    check("usage_day_check", sql`extract(epoch from day) % 86400 = 0`),
  ],
);
