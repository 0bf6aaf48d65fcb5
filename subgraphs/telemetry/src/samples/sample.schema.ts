import { instant } from "@tollgate/kit";
import { bigint, doublePrecision, foreignKey, text, uuid } from "drizzle-orm/pg-core";
import { vm } from "../machines/machine.schema.js";
import { telemetry } from "../schema.js";

/**
 * The newest sample of each machine, so that lists and live streams need not search the samples. It has no further
 * index: rows are overwritten every few seconds, which stays cheap as long as no index must follow.
 */
export const vmLatest = telemetry.table(
  "vm_latest",
  {
    vmId: uuid("vm_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    at: instant("at").notNull(),
    /** By the database's clock; live streams look for what is newer than this. */
    arrivedAt: instant("arrived_at").notNull().defaultNow(),
    cpuPercent: doublePrecision("cpu_percent"),
    memoryUsedBytes: bigint("memory_used_bytes", { mode: "bigint" }),
    memoryTotalBytes: bigint("memory_total_bytes", { mode: "bigint" }),
    diskUsedBytes: bigint("disk_used_bytes", { mode: "bigint" }),
    diskTotalBytes: bigint("disk_total_bytes", { mode: "bigint" }),
    diskReadRate: doublePrecision("disk_read_rate"),
    diskWriteRate: doublePrecision("disk_write_rate"),
    networkInRate: doublePrecision("network_in_rate"),
    networkOutRate: doublePrecision("network_out_rate"),
    load: doublePrecision("load"),
    uptimeSeconds: bigint("uptime_seconds", { mode: "bigint" }),
  },
  (table) => [
    foreignKey({
      name: "vm_latest_vm_fk",
      columns: [table.organisationId, table.vmId],
      foreignColumns: [vm.organisationId, vm.id],
    }),
  ],
);

/** Work that repeats by the clock: the last turn that some process has done. */
export const turn = telemetry.table("turn", {
  name: text("name").primaryKey(),
  number: bigint("number", { mode: "bigint" }).notNull(),
});

/** How far each level of samples goes; one row each, made by the migration. */
export const rollupLevel = telemetry.table("rollup_level", {
  level: text("level").primaryKey(),
  /** Nothing from before this moment is kept. */
  keptFrom: instant("kept_from").notNull(),
  /** Buckets before this moment have been made; of RAW: samples from before it are late. */
  completeUntil: instant("complete_until").notNull(),
});

/**
 * Buckets of five minutes that got a late sample and must be made anew. Rows are only ever added and taken: a writer
 * never waits for the one who rolls up, and the same bucket may stand here more than once.
 */
export const rollupMark = telemetry.table("rollup_mark", {
  id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
  vmId: uuid("vm_id").notNull(),
  at: instant("at").notNull(),
});
