import type { UserChange } from "@tollgate/kit/protocol";
import { bigint, index, text, uuid } from "drizzle-orm/pg-core";
import { messaging } from "../schema.js";

/** People as accounts tells of them. */
export const person = messaging.table(
  "person",
  {
    userId: uuid("user_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    email: text("email").notNull(),
    displayName: text("display_name").notNull(),
    locale: text("locale").notNull(),
    status: text("status").$type<UserChange["status"]>().notNull(),
    /** Of the event it was read from; an older one changes nothing. */
    version: bigint("version", { mode: "bigint" }).notNull(),
  },
  (table) => [index("person_organisation_idx").on(table.organisationId)],
);

/** What people may do, as organisations tells. */
export const membership = messaging.table(
  "membership",
  {
    userId: uuid("user_id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    /** `resource:action`; empty when the membership has ended. */
    permissions: text("permissions").array().notNull(),
    version: bigint("version", { mode: "bigint" }).notNull(),
  },
  (table) => [index("membership_organisation_idx").on(table.organisationId)],
);
