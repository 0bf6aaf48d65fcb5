import { instant, json } from "@tollgate/kit";
import { index, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../schema.js";

/** Keys that mutations were asked with, and what they gave. */
export const idempotency = messaging.table(
  "idempotency",
  {
    organisationId: uuid("organisation_id").notNull(),
    key: text("key").notNull(),
    digest: text("digest").notNull(),
    result: json("result"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organisationId, table.key] }),
    index("idempotency_created_idx").on(table.createdAt),
  ],
);
