import { id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, integer, text, unique, uuid } from "drizzle-orm/pg-core";
import { telemetry } from "../schema.js";

/** Machines. Rows stay for good: samples, bills and audit refer to them after the machine is gone. */
export const vm = telemetry.table(
  "vm",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    name: text("name").notNull(),
    state: text("state").notNull(),
    stateReason: text("state_reason"),
    stateChangedAt: instant("state_changed_at").notNull(),
    /** Why it is SUSPENDED, which decides what resumes it; null in every other state. */
    suspendedFor: text("suspended_for"),
    image: text("image").notNull(),
    vcpus: integer("vcpus").notNull(),
    memoryBytes: bigint("memory_bytes", { mode: "bigint" }).notNull(),
    disks: json("disks").notNull(),
    /** Of all disks together. */
    storageBytes: bigint("storage_bytes", { mode: "bigint" }).notNull(),
    addresses: text("addresses").array().notNull(),
    labels: json("labels").notNull(),
    externalIds: text("external_ids").array().notNull().default(sql`'{}'`),
    /** That it was made for; one machine for each order at most. */
    orderId: uuid("order_id").unique("vm_order_key"),
    /** The hypervisor shall switch it off and on if it has not since. */
    rebootRequestedAt: instant("reboot_requested_at"),
    /** A computer that Tollgate runs on; nobody pays for it. */
    isHost: boolean("is_host").notNull().default(false),
    /** How the simulated fleet lets it behave; null for a machine that is not simulated. */
    profile: text("profile"),
    createdAt: instant("created_at").notNull(),
    startedAt: instant("started_at"),
    deletedAt: instant("deleted_at"),
  },
  (table) => [
    unique("vm_organisation_id_key").on(table.organisationId, table.id),
    index("vm_organisation_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    index("vm_created_idx").on(table.createdAt.desc(), table.id.desc()),
    index("vm_changed_idx").on(table.stateChangedAt),
    check("vm_state_check", sql`state in ('PROVISIONING', 'RUNNING', 'STOPPED', 'SUSPENDED', 'FAILED', 'DELETED')`),
    check("vm_suspended_check", sql`(state = 'SUSPENDED') = (suspended_for is not null)`),
    check("vm_deleted_check", sql`(state = 'DELETED') = (deleted_at is not null)`),
    check("vm_size_check", sql`vcpus > 0 and memory_bytes > 0`),
  ],
);
