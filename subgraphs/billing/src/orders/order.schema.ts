import { type Currency, id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, text, unique, uuid } from "drizzle-orm/pg-core";
import { wallet } from "../ledger/ledger.schema.js";
import type { VmConfig } from "../prices/config.js";
import type { Fraction } from "../prices/fraction.js";
import { quote } from "../quotes/quote.schema.js";
import { billing } from "../schema.js";

/** Those that an order passes through; the last three are ends. */
export const ORDER_STATES = ["PLACED", "PROVISIONING", "CANCELLING", "COMPLETED", "FAILED", "CANCELLED"] as const;

export type OrderState = (typeof ORDER_STATES)[number];

export const orderNumbers = billing.sequence("order_number");

/** One machine, ordered: the money for it is held until telemetry tells the end. */
export const order = billing.table(
  "customer_order",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    number: text("number").notNull().default(sql`'O-' || lpad(nextval('billing.order_number')::text, 6, '0')`),
    state: text("state").$type<OrderState>().notNull(),
    failureReason: text("failure_reason"),
    quoteId: uuid("quote_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    holdId: uuid("hold_id").notNull(),
    /** Of the machine's reserve; null before it runs and after it is gone. */
    reserveHoldId: uuid("reserve_hold_id"),
    vmId: uuid("vm_id"),
    vm: json("vm").$type<VmConfig>().notNull(),
    /** Minor units in an hour, exact, as quoted. */
    rate: json("rate").$type<Fraction>().notNull(),
    total: bigint("total", { mode: "bigint" }).notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    placedBy: uuid("placed_by"),
    placedAt: instant("placed_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    unique("order_organisation_key").on(table.organisationId, table.id),
    unique("order_number_key").on(table.number),
    unique("order_quote_key").on(table.quoteId),
    unique("order_vm_key").on(table.vmId),
    foreignKey({
      name: "order_quote_fk",
      columns: [table.organisationId, table.quoteId],
      foreignColumns: [quote.organisationId, quote.id],
    }),
    foreignKey({
      name: "order_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    index("order_organisation_idx").on(table.organisationId, table.placedAt.desc(), table.id.desc()),
    index("order_placed_idx").on(table.placedAt.desc(), table.id.desc()),
    index("order_open_idx").on(table.placedAt).where(sql`ended_at is null`),
    check("order_end_check", sql`(state in ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at is not null)`),
  ],
);

export type OrderRow = typeof order.$inferSelect;
