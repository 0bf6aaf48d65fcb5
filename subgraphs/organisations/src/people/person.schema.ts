import { sql } from "drizzle-orm";
import { bigint, index, text, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";

/** What accounts says of people, as far as it is told or compared here: who invites, and who is a member already. */
export const person = organisations.table(
  "person",
  {
    userId: uuid("user_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    email: text("email").notNull(),
    displayName: text("display_name").notNull(),
    status: text("status").notNull(),
    /** Of the event that said so. */
    version: bigint("version", { mode: "bigint" }).notNull(),
  },
  (table) => [index("person_email_idx").on(table.organisationId, sql`lower(email)`)],
);
