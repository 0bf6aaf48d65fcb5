import { instant } from "@tollgate/kit";
import { boolean, integer, text, uuid } from "drizzle-orm/pg-core";
import { telemetry } from "../../schema.js";

/** The simulated hypervisor's own memory, apart from the inventory as that of a real one would be. */
export const simulatedMachine = telemetry.table("simulated_machine", {
  id: uuid("id").primaryKey(),
  orderId: uuid("order_id").notNull(),
  name: text("name").notNull(),
  vcpus: integer("vcpus").notNull(),
  createdAt: instant("created_at").notNull(),
  bootedAt: instant("booted_at"),
  isOn: boolean("is_on").notNull().default(true),
});
