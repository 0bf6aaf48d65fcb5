import { instant } from "@tollgate/kit";
import type { SubgraphName } from "@tollgate/kit/protocol";
import { sql } from "drizzle-orm";
import { customType, foreignKey, index, integer, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts } from "../schema.js";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** A person or an organisation whose personal data goes, until every subgraph has said that it is gone. */
export const erasure = accounts.table(
  "erasure",
  {
    id: uuid("id").primaryKey(),
    /** That of the person, or the one that is erased. */
    organisationId: uuid("organisation_id").notNull(),
    subject: text("subject", { enum: ["USER", "ORGANISATION"] }).notNull(),
    subjectId: uuid("subject_id").notNull(),
    reason: text("reason").notNull(),
    requestedBy: uuid("requested_by"),
    requestedAt: instant("requested_at").notNull(),
    completedAt: instant("completed_at"),
    /** Where the person is told that it is done: sealed, and null from then on. */
    sealedEmail: bytes("sealed_email"),
    locale: text("locale"),
  },
  (table) => [
    unique("erasure_organisation_key").on(table.organisationId, table.id),
    unique("erasure_subject_key").on(table.subjectId),
    index("erasure_requested_idx").on(table.requestedAt.desc(), table.id.desc()),
    index("erasure_open_idx").on(table.requestedAt).where(sql`completed_at is null`),
  ],
);

/** What one subgraph said of it. */
export const erasureConfirmation = accounts.table(
  "erasure_confirmation",
  {
    erasureId: uuid("erasure_id").notNull(),
    organisationId: uuid("organisation_id").notNull(),
    subgraph: text("subgraph").$type<SubgraphName>().notNull(),
    /** Rows that were changed or removed there. */
    rows: integer("rows").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [
    primaryKey({ name: "erasure_confirmation_pkey", columns: [table.erasureId, table.subgraph] }),
    foreignKey({
      columns: [table.organisationId, table.erasureId],
      foreignColumns: [erasure.organisationId, erasure.id],
      name: "erasure_confirmation_erasure_fk",
    }),
  ],
);

export type ErasureRow = typeof erasure.$inferSelect;
