import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";
import { topUp } from "./topup.schema.js";

export type RefundState = "REQUESTED" | "DONE" | "FAILED";

/** Money on its way back to the payer; taken from the wallet from the beginning. */
export const refund = billing.table(
  "refund",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    topUpId: uuid("top_up_id").notNull(),
    /** Minor units. */
    amount: bigint("amount", { mode: "bigint" }).notNull(),
    reason: text("reason").notNull(),
    state: text("state").$type<RefundState>().notNull(),
    /** The provider's name for it; null until it has one. */
    refundReference: text("refund_reference"),
    /** That took it from the wallet. */
    entryId: uuid("entry_id").notNull(),
    /** That gave it back to the wallet, where the provider did not pay it out. */
    returnedEntryId: uuid("returned_entry_id"),
    /** Why the provider did not. */
    problem: text("problem"),
    requestedBy: uuid("requested_by"),
    createdAt: instant("created_at").notNull(),
    settledAt: instant("settled_at"),
    /** Until when somebody is asking the provider for it. */
    askingUntil: instant("asking_until"),
  },
  (table) => [
    foreignKey({
      name: "refund_top_up_fk",
      columns: [table.organisationId, table.topUpId],
      foreignColumns: [topUp.organisationId, topUp.id],
    }),
    index("refund_top_up_idx").on(table.topUpId),
    index("refund_open_idx").on(table.createdAt).where(sql`state = 'REQUESTED'`),
    uniqueIndex("refund_reference_key")
      .on(table.topUpId, table.refundReference)
      .where(sql`refund_reference is not null`),
    check("refund_amount_check", sql`amount > 0`),
    check("refund_returned_check", sql`(state = 'FAILED') = (returned_entry_id is not null)`),
  ],
);

export type RefundRow = typeof refund.$inferSelect;
