import { instant, json } from "@tollgate/kit";
import { doublePrecision, foreignKey, integer, real, uuid } from "drizzle-orm/pg-core";
import { vm } from "../machines/machine.schema.js";
import { telemetry } from "../schema.js";

/** How each RUNNING machine did over the last hour, renewed every few seconds for all machines in one statement. */
export const vmHealth = telemetry.table(
  "vm_health",
  {
    vmId: uuid("vm_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    at: instant("at").notNull(),
    score: integer("score").notNull(),
    reasons: json("reasons").notNull(),
    /** Percent, average over the hour. */
    cpuAverage: doublePrecision("cpu_average"),
    memoryAverage: doublePrecision("memory_average"),
    /** Averages of the hour's twelve stretches of five minutes, oldest first; null where nothing was measured. */
    cpuCourse: real("cpu_course").array().notNull(),
    memoryCourse: real("memory_course").array().notNull(),
  },
  (table) => [
    foreignKey({
      name: "vm_health_vm_fk",
      columns: [table.organisationId, table.vmId],
      foreignColumns: [vm.organisationId, vm.id],
    }),
  ],
);
