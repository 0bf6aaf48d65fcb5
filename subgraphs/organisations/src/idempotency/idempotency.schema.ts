import { instant, json } from "@tollgate/kit";
import { index, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";

/** Mutations that were done: the same key and input gives the first result again. */
export const idempotency = organisations.table(
  "idempotency",
  {
    /** Of the caller: keys of different organisations never meet. */
    organisationId: uuid("organisation_id").notNull(),
    key: text("key").notNull(),
    /** Of the operation and its input. */
    digest: text("digest").notNull(),
    result: json("result"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    primaryKey({ name: "idempotency_pkey", columns: [table.organisationId, table.key] }),
    index("idempotency_created_idx").on(table.createdAt),
  ],
);
