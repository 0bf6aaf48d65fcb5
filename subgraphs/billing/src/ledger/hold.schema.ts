import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, text, unique, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";
import { wallet } from "./ledger.schema.js";

export const HOLD_KINDS = ["ORDER", "MACHINE_RESERVE", "STORAGE_RESERVE"] as const;
export const HOLD_STATES = ["OPEN", "CAPTURED", "RELEASED"] as const;

export type HoldKind = (typeof HOLD_KINDS)[number];
export type HoldState = (typeof HOLD_STATES)[number];

/**
 * Money of a wallet that is set aside; what is open of all of them is the wallet's `held`. None ends by billing's own
 * clock. ORDER: the receipt that telemetry gets for it expires after minutes, so that nothing is started late, but the
 * money comes back only once telemetry says what became of the machine. MACHINE_RESERVE: with its machine, or used up
 * by grace. STORAGE_RESERVE: with the storage that it pays for.
 */
export const hold = billing.table(
  "hold",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    kind: text("kind").$type<HoldKind>().notNull(),
    amount: bigint("amount", { mode: "bigint" }).notNull(),
    captured: bigint("captured", { mode: "bigint" }).notNull().default(sql`0`),
    /** Tax, of what an order's hold has paid. */
    capturedTax: bigint("captured_tax", { mode: "bigint" }).notNull().default(sql`0`),
    /** CAPTURED also when only a part was and the rest is released. */
    state: text("state").$type<HoldState>().notNull().default("OPEN"),
    orderId: uuid("order_id"),
    vmId: uuid("vm_id"),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    unique("hold_organisation_key").on(table.organisationId, table.id),
    foreignKey({
      name: "hold_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    index("hold_wallet_idx").on(table.walletId, table.state),
    index("hold_vm_idx").on(table.vmId),
    check(
      "hold_amount_check",
      sql`amount >= 0 and captured between 0 and amount and captured_tax between 0 and captured`,
    ),
    check("hold_end_check", sql`(state = 'OPEN') = (ended_at is null)`),
  ],
);

export type HoldRow = typeof hold.$inferSelect;
