import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { check, index, integer, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";
import { organisation } from "../tree/tree.schema.js";

/** A mailed offer to become a member. The token itself is only ever in the mail. */
export const invitation = organisations.table(
  "invitation",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id")
      .notNull()
      .references(() => organisation.organisationId),
    /** As it was typed; compared without case. */
    email: text("email").notNull(),
    roleIds: uuid("role_ids").array().notNull(),
    /** EXPIRED is written only when another invitation takes its place; before that the time says it. */
    state: text("state", { enum: ["PENDING", "ACCEPTED", "EXPIRED", "REVOKED"] })
      .notNull()
      .default("PENDING"),
    /** SHA-256 of the newest token, hexadecimal. */
    tokenHash: text("token_hash").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** Null: an API key did it. */
    invitedBy: uuid("invited_by"),
    createdAt: instant("created_at").notNull(),
    sentAt: instant("sent_at").notNull(),
    timesSent: integer("times_sent").notNull().default(1),
    acceptedAt: instant("accepted_at"),
    acceptedBy: uuid("accepted_by"),
    revokedAt: instant("revoked_at"),
    revokedBy: uuid("revoked_by"),
  },
  (table) => [
    unique("invitation_organisation_key").on(table.organisationId, table.id),
    uniqueIndex("invitation_token_key").on(table.tokenHash),
    uniqueIndex("invitation_pending_key").on(table.organisationId, sql`lower(email)`).where(sql`state = 'PENDING'`),
    index("invitation_created_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    check("invitation_state_check", sql`state in ('PENDING', 'ACCEPTED', 'EXPIRED', 'REVOKED')`),
    check("invitation_roles_check", sql`cardinality(role_ids) between 1 and 20`),
    check("invitation_accepted_check", sql`(state = 'ACCEPTED') = (accepted_by is not null)`),
  ],
);
