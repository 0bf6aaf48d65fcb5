import { instant, json } from "@tollgate/kit";
import type { VmChange } from "@tollgate/kit/protocol";
import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, integer, text, uuid } from "drizzle-orm/pg-core";
import type { Extras } from "../prices/cost.js";
import { billing } from "../schema.js";

/** Machines as telemetry tells of them: what they are charged for. */
export const machine = billing.table(
  "machine",
  {
    vmId: uuid("vm_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    name: text("name").notNull(),
    state: text("state").$type<VmChange["state"]>().notNull(),
    vcpus: integer("vcpus").notNull(),
    memoryBytes: bigint("memory_bytes", { mode: "bigint" }).notNull(),
    disks: json("disks").$type<VmChange["disks"]>().notNull(),
    /** Ordered beside the machine itself; telemetry knows nothing of it. */
    extras: json("extras").$type<Extras>(),
    isCharged: boolean("is_charged").notNull(),
    /** Minor units that were charged for its use, beside what its order has paid. */
    usagePaid: bigint("usage_paid", { mode: "bigint" }).notNull().default(sql`0`),
    /** Which stops last when the money ends: 1. Null: nobody ranked it, so it stops first. */
    stopRank: integer("stop_rank"),
    /** Promised to be switched on until then: it counts as running. Null once telemetry tells more of it. */
    startsUntil: instant("starts_until"),
    /** Of the event it was read from; an older one changes nothing. */
    version: bigint("version", { mode: "bigint" }).notNull(),
  },
  (table) => [
    index("machine_organisation_idx").on(table.organisationId),
    check("machine_stop_rank_check", sql`stop_rank >= 1`),
  ],
);

export type MachineRow = typeof machine.$inferSelect;
