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

export const ORDER_KINDS = ["VM", "ITEMS"] as const;

export type OrderKind = (typeof ORDER_KINDS)[number];

export const orderNumbers = billing.sequence("order_number");

/**
 * What was ordered: a machine, the money for which is held until telemetry tells the end, or catalogue items (with lines of
 * their own), which are paid at once.
 */
export const order = billing.table(
  "customer_order",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    /** The organisation above it when it ordered, which bills it; null for the one at the top. */
    sellerId: uuid("seller_id"),
    number: text("number").notNull().default(sql`'O-' || lpad(nextval('billing.order_number')::text, 6, '0')`),
    kind: text("kind").$type<OrderKind>().notNull().default("VM"),
    state: text("state").$type<OrderState>().notNull(),
    failureReason: text("failure_reason"),
    quoteId: uuid("quote_id"),
    walletId: uuid("wallet_id").notNull(),
    /** Of a machine, as the four below. */
    holdId: uuid("hold_id"),
    /** Of the machine's reserve; null before it runs and after it is gone. */
    reserveHoldId: uuid("reserve_hold_id"),
    vmId: uuid("vm_id"),
    vm: json("vm").$type<VmConfig>(),
    /** Minor units in an hour, exact, as quoted. */
    rate: json("rate").$type<Fraction>(),
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
    check("order_kind_check", sql`kind in ('VM', 'ITEMS')`),
    check(
      "order_vm_check",
      sql`kind <> 'VM' or (quote_id is not null and hold_id is not null and vm is not null and rate is not null)`,
    ),
    check("order_end_check", sql`(state in ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at is not null)`),
  ],
);

export type OrderRow = typeof order.$inferSelect;

/** An order of a machine. */
export interface VmOrderRow extends OrderRow {
  quoteId: string;
  holdId: string;
  vm: VmConfig;
  rate: Fraction;
}

/** The same row as one of a machine; a constraint says that it has what those have. */
export const vmOrder = (row: OrderRow): VmOrderRow => {
  const { quoteId, holdId, vm, rate } = row;
  if (quoteId === null || holdId === null || vm === null || rate === null) throw new Error("not an order of a machine");
  return { ...row, quoteId, holdId, vm, rate };
};
