import { instant, json } from "@tollgate/kit";
import { bigint, boolean, index, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { telemetry } from "../schema.js";

/** Whether an organisation's money has run out, as billing tells it for each of its wallets. */
export const organisationFunds = telemetry.table(
  "organisation_funds",
  {
    walletId: uuid("wallet_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    isOut: boolean("is_out").notNull(),
    /** Of the event that told so; an older one changes nothing. */
    version: bigint("version", { mode: "bigint" }).notNull(),
  },
  (table) => [index("organisation_funds_organisation_idx").on(table.organisationId)],
);

/** Power mutations that were done: the same key and input gives the first outcomes again. */
export const powerRequest = telemetry.table(
  "power_request",
  {
    organisationId: uuid("organisation_id").notNull(),
    key: text("key").notNull(),
    digest: text("digest").notNull(),
    outcomes: json("outcomes"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    primaryKey({ name: "power_request_pkey", columns: [table.organisationId, table.key] }),
    index("power_request_created_idx").on(table.createdAt),
  ],
);
