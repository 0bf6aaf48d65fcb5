import { bigint, text, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";

/** What organisations are called, as the subgraph of that name tells: documents name both of their sides. */
export const organisationName = billing.table("organisation_name", {
  organisationId: uuid("organisation_id").primaryKey(),
  name: text("name").notNull(),
  /** Of the name, as it was told; an older one changes nothing. */
  version: bigint("version", { mode: "bigint" }).notNull(),
});
