import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { bigint, check, index, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";

/** An organisation that somebody wants closed for good. While it is ASKED, nothing of its place may change. */
export const closing = organisations.table(
  "closing",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    state: text("state", { enum: ["ASKED", "CLOSED", "REFUSED"] })
      .notNull()
      .default("ASKED"),
    reason: text("reason").notNull(),
    /** What billing has against it, in words for people. */
    refusal: text("refusal"),
    requestedBy: uuid("requested_by"),
    requestedAt: instant("requested_at").notNull().defaultNow(),
    endedAt: instant("ended_at"),
    /** Of the tree, once it is closed. */
    version: bigint("version", { mode: "bigint" }),
  },
  (table) => [
    uniqueIndex("closing_asked_key").on(table.organisationId).where(sql`state = 'ASKED'`),
    index("closing_organisation_idx").on(table.organisationId, table.requestedAt),
    check("closing_state_check", sql`state in ('ASKED', 'CLOSED', 'REFUSED')`),
    check("closing_end_check", sql`(state = 'ASKED') = (ended_at is null)`),
    check("closing_refusal_check", sql`(state = 'REFUSED') = (refusal is not null)`),
    check("closing_version_check", sql`(state = 'CLOSED') = (version is not null)`),
  ],
);
