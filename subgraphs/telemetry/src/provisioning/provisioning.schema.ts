import { instant, json } from "@tollgate/kit";
import type { OrderPlacement } from "@tollgate/kit/protocol";
import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, integer, text, uuid } from "drizzle-orm/pg-core";
import { vm } from "../machines/machine.schema.js";
import { telemetry } from "../schema.js";

export const PROVISIONING_STATES = [
  "QUEUED",
  "CREATING",
  "INSTALLING",
  "BOOTING",
  "RUNNING",
  "FAILED",
  "CANCELLED",
] as const;

export type ProvisioningState = (typeof PROVISIONING_STATES)[number];

/** One order's way to a running machine. A row without a machine is a tombstone: cancelled before it was heard of. */
export const provisioning = telemetry.table(
  "provisioning",
  {
    orderId: uuid("order_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    state: text("state").$type<ProvisioningState>().notNull(),
    percent: integer("percent").notNull().default(0),
    message: text("message").notNull(),
    machine: json("machine").$type<OrderPlacement["vm"]>(),
    /** Of the receipt: not to be begun at this moment or later. */
    startBefore: instant("start_before"),
    vmId: uuid("vm_id"),
    placedAt: instant("placed_at").notNull(),
    cancelRequestedAt: instant("cancel_requested_at"),
    /**
     * Decided to end so, while the hypervisor still has something of it: whatever it says from now on, it is destroyed
     * first and the end told then.
     */
    ending: text("ending").$type<"FAILED" | "CANCELLED">(),
    startedAt: instant("started_at"),
    finishedAt: instant("finished_at"),
    failureReason: text("failure_reason"),
  },
  (table) => [
    foreignKey({
      name: "provisioning_vm_fk",
      columns: [table.organisationId, table.vmId],
      foreignColumns: [vm.organisationId, vm.id],
    }),
    index("provisioning_organisation_idx").on(table.organisationId),
    index("provisioning_open_idx").on(table.placedAt).where(sql`finished_at is null`),
    check("provisioning_percent_check", sql`percent between 0 and 100`),
    check("provisioning_end_check", sql`(state in ('RUNNING', 'FAILED', 'CANCELLED')) = (finished_at is not null)`),
  ],
);

/** One row, locked by whoever takes of the hypervisor's room. */
export const hypervisorRoom = telemetry.table("hypervisor_room", { isOnly: boolean("is_only").primaryKey() });

export type ProvisioningRow = typeof provisioning.$inferSelect;
