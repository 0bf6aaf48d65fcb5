import { id, instant } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { foreignKey, index, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { role } from "../roles/role.schema.js";
import { organisations } from "../schema.js";
import { organisation } from "../tree/tree.schema.js";

/** A user's place in the tree: exactly one. */
export const membership = organisations.table(
  "membership",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id")
      .notNull()
      .references(() => organisation.organisationId),
    userId: uuid("user_id").notNull().unique("membership_user_key"),
    invitedBy: uuid("invited_by"),
    joinedAt: instant("joined_at").notNull().defaultNow(),
  },
  (table) => [
    unique("membership_organisation_key").on(table.organisationId, table.id),
    index("membership_joined_idx").on(table.organisationId, table.joinedAt, table.id),
  ],
);

/** Roles of a member; the built-in ones live in code under fixed ids. */
export const membershipRole = organisations.table(
  "membership_role",
  {
    organisationId: uuid("organisation_id").notNull(),
    membershipId: uuid("membership_id").notNull(),
    roleId: uuid("role_id").notNull(),
    /** The role where it is one of the organisation's own: the database keeps it from being another's or deleted. */
    ownRoleId: uuid("own_role_id").generatedAlwaysAs(
      sql`case when role_id > '01900000-0000-7000-8000-0000000000ff' then role_id end`,
    ),
    grantedAt: instant("granted_at").notNull().defaultNow(),
    grantedBy: text("granted_by").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.membershipId, table.roleId] }),
    foreignKey({
      columns: [table.organisationId, table.membershipId],
      foreignColumns: [membership.organisationId, membership.id],
      name: "membership_role_membership_fk",
    }).onDelete("cascade"),
    foreignKey({
      columns: [table.organisationId, table.ownRoleId],
      foreignColumns: [role.organisationId, role.id],
      name: "membership_role_role_fk",
    }),
    index("membership_role_role_idx").on(table.roleId, table.organisationId),
  ],
);
