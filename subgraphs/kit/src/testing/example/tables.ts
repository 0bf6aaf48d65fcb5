import { index, pgSchema, text, uuid } from "drizzle-orm/pg-core";
import { id, instant, kitTables } from "../../database/tables.js";

export const example = pgSchema("example");

export const { tenancy, outbox, outboxAggregate, outboxLease, inbox, streamSequence, settingValue } =
  kitTables(example);

/** Something of an organisation, for the kit's own tests. */
export const note = example.table(
  "note",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    text: text("text").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("note_organisation_idx").on(table.organisationId, table.createdAt, table.id)],
);
