import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { check, index, integer, text, unique, uuid } from "drizzle-orm/pg-core";
import { billing } from "../schema.js";

/** A discount for everybody below the organisation that makes it. */
export const promotion = billing.table(
  "promotion",
  {
    id: id().primaryKey(),
    /** Who makes it. */
    organisationId: uuid("organisation_id").notNull(),
    name: text("name").notNull(),
    basisPoints: integer("basis_points").notNull(),
    startsAt: instant("starts_at").notNull(),
    /** Null while nobody has said. */
    endsAt: instant("ends_at"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    unique("promotion_organisation_key").on(table.organisationId, table.id),
    index("promotion_organisation_idx").on(table.organisationId, table.startsAt),
    check("promotion_basis_points_check", sql`basis_points between 1 and 10000`),
    check("promotion_period_check", sql`ends_at is null or ends_at >= starts_at`),
  ],
);

export type PromotionRow = typeof promotion.$inferSelect;
