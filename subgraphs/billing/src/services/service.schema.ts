import { type Currency, id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { catalogueItem } from "../catalogue/catalogue.schema.js";
import { wallet } from "../ledger/ledger.schema.js";
import type { BillingInterval } from "../prices/breakdown.js";
import type { Fraction } from "../prices/fraction.js";
import { billing } from "../schema.js";

/** PENDING is of workloads that telemetry starts; none are yet. */
export const SERVICE_STATES = ["PENDING", "ACTIVE", "PAST_DUE", "CANCELLED"] as const;

export type ServiceState = (typeof SERVICE_STATES)[number];

/** The price that counts, frozen until the period ends. */
const price = {
  version: integer("version").notNull(),
  quantity: integer("quantity").notNull(),
  /** Minor units for one of it and a whole period, without discounts and tax. */
  unitPrice: bigint("unit_price", { mode: "bigint" }).notNull(),
  volumeBasisPoints: integer("volume_basis_points").notNull(),
  promotionBasisPoints: integer("promotion_basis_points").notNull(),
  taxBasisPoints: integer("tax_basis_points").notNull(),
};

/** A catalogue service that an organisation pays for, period by period and in advance. */
export const serviceSubscription = billing.table(
  "service_subscription",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    itemOrganisationId: uuid("item_organisation_id").notNull(),
    itemId: uuid("item_id").notNull(),
    ...price,
    interval: text("interval").$type<BillingInterval>().notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    state: text("state").$type<ServiceState>().notNull(),
    currentPeriodStart: instant("current_period_start").notNull(),
    currentPeriodEnd: instant("current_period_end").notNull(),
    cancelAtPeriodEnd: boolean("cancel_at_period_end").notNull().default(false),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at"),
    startedBy: uuid("started_by"),
    /** When something is to be done about it: its renewal, or the next attempt at it. */
    dueAt: instant("due_at").notNull(),
    /** Since when a renewal could not be paid; grace is counted from then. */
    pastDueSince: instant("past_due_since"),
    /** The end of the period whose end was warned of last. */
    warnedOf: instant("warned_of"),
    /** Since when the price counts in this period; before that, `used` was. */
    pricedFrom: instant("priced_from").notNull(),
    /** What was used in this period at prices before this one: minor units, exact, after discounts and without tax. */
    used: json("used").$type<Fraction>().notNull(),
    /** Of services by the hour: what rounding left of earlier hours, minor units, exact; of the tax as well. Null: nothing. */
    carried: json("carried").$type<Fraction>(),
    carriedTax: json("carried_tax").$type<Fraction>(),
    /** What a coupon takes off this period, in minor units. */
    couponAmount: bigint("coupon_amount", { mode: "bigint" }).notNull().default(sql`0`),
    couponId: uuid("coupon_id"),
    /** Taken for this period so far: without tax, and as tax. */
    taken: bigint("taken", { mode: "bigint" }).notNull(),
    takenTax: bigint("taken_tax", { mode: "bigint" }).notNull(),
  },
  (table) => [
    unique("service_subscription_organisation_key").on(table.organisationId, table.id),
    foreignKey({
      name: "service_subscription_item_fk",
      columns: [table.itemOrganisationId, table.itemId],
      foreignColumns: [catalogueItem.organisationId, catalogueItem.id],
    }),
    foreignKey({
      name: "service_subscription_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    index("service_subscription_organisation_idx").on(table.organisationId, table.startedAt.desc(), table.id.desc()),
    index("service_subscription_started_idx").on(table.startedAt.desc(), table.id.desc()),
    index("service_subscription_item_idx").on(table.itemId),
    index("service_subscription_due_idx").on(table.dueAt, table.id).where(sql`ended_at is null`),
    index("service_subscription_end_idx").on(table.currentPeriodEnd).where(sql`ended_at is null`),
    check("service_subscription_state_check", sql`state in ('PENDING', 'ACTIVE', 'PAST_DUE', 'CANCELLED')`),
    check("service_subscription_end_check", sql`(state = 'CANCELLED') = (ended_at is not null)`),
    check("service_subscription_past_due_check", sql`(state = 'PAST_DUE') = (past_due_since is not null)`),
    check("service_subscription_period_check", sql`current_period_end > current_period_start`),
    check("service_subscription_quantity_check", sql`quantity > 0 and unit_price >= 0`),
    // A credit never gives back more than was paid.
    check("service_subscription_taken_check", sql`taken >= 0 and taken_tax >= 0 and coupon_amount >= 0`),
  ],
);

/** What was taken or given back for a service subscription: at its start, at each renewal, at a change. */
export const serviceCharge = billing.table(
  "service_charge",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    serviceSubscriptionId: uuid("service_subscription_id").notNull(),
    itemOrganisationId: uuid("item_organisation_id").notNull(),
    itemId: uuid("item_id").notNull(),
    kind: text("kind").$type<"START" | "RENEWAL" | "CHANGE">().notNull(),
    periodStart: instant("period_start").notNull(),
    periodEnd: instant("period_end").notNull(),
    /** Minor units, without tax; negative is given back. */
    net: bigint("net", { mode: "bigint" }).notNull(),
    tax: bigint("tax", { mode: "bigint" }).notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    /** Null where nothing was to be moved. */
    entryId: uuid("entry_id"),
    /** When it counts. */
    at: instant("at").notNull(),
    /** When it was taken or given back, of what the month's invoice covers; null of what has a document of its own. */
    chargedAt: instant("charged_at"),
    /** Of a whole period that the month's invoice covers, how its price came about; null of a change within one. */
    quantity: integer("quantity"),
    /** Minor units for one of it. */
    unitPrice: bigint("unit_price", { mode: "bigint" }),
    volumeBasisPoints: integer("volume_basis_points").notNull().default(0),
    promotionBasisPoints: integer("promotion_basis_points").notNull().default(0),
    couponCode: text("coupon_code"),
    /** Minor units that the coupon took off. */
    couponAmount: bigint("coupon_amount", { mode: "bigint" }).notNull().default(sql`0`),
  },
  (table) => [
    foreignKey({
      name: "service_charge_subscription_fk",
      columns: [table.organisationId, table.serviceSubscriptionId],
      foreignColumns: [serviceSubscription.organisationId, serviceSubscription.id],
    }),
    foreignKey({
      name: "service_charge_item_fk",
      columns: [table.itemOrganisationId, table.itemId],
      foreignColumns: [catalogueItem.organisationId, catalogueItem.id],
    }),
    // A period is begun once, whoever renews it and however often.
    uniqueIndex("service_charge_period_key")
      .on(table.serviceSubscriptionId, table.periodStart)
      .where(sql`kind <> 'CHANGE'`),
    index("service_charge_item_idx").on(table.itemId),
    index("service_charge_organisation_idx").on(table.organisationId, table.at),
    index("service_charge_entry_idx").on(table.entryId).where(sql`entry_id is not null`),
    index("service_charge_monthly_idx").on(table.organisationId, table.at).where(sql`charged_at is not null`),
    index("service_charge_running_idx")
      .on(table.serviceSubscriptionId, table.periodStart)
      .where(sql`charged_at is not null`),
    check("service_charge_kind_check", sql`kind in ('START', 'RENEWAL', 'CHANGE')`),
  ],
);

export type ServiceSubscriptionRow = typeof serviceSubscription.$inferSelect;
