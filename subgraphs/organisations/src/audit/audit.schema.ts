import { instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { index, integer, text, uuid } from "drizzle-orm/pg-core";
import { organisations } from "../schema.js";
import { SECURITY_CONDITION } from "./security.js";

/** The audit trail of all five subgraphs; rows are only ever added. Each index gives a filter its rows newest first. */
export const auditEntry = organisations.table(
  "audit_entry",
  {
    /** That of the event which brought it. */
    id: uuid("id").primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    at: instant("at").notNull(),
    actorKind: text("actor_kind", { enum: ["USER", "API_KEY", "SYSTEM"] }).notNull(),
    actorId: uuid("actor_id"),
    actorName: text("actor_name"),
    action: text("action").notNull(),
    resource: text("resource").notNull(),
    resourceId: text("resource_id"),
    before: json("before"),
    after: json("after"),
    outcome: text("outcome", { enum: ["SUCCEEDED", "REFUSED", "FAILED"] }).notNull(),
    problem: text("problem"),
    subgraph: text("subgraph").notNull(),
    address: text("address"),
    userAgent: text("user_agent"),
    requestId: text("request_id"),
    occurrences: integer("occurrences").notNull().default(1),
    /** Hashed with `address` and `user_agent`, so that the hash tells nothing once they are gone; goes with them. */
    originSalt: uuid("origin_salt").default(sql`gen_random_uuid()`),
    /** In their place once the person was erased: the chain goes on holding. */
    originDigest: text("origin_digest"),
    /** The same of `before` and `after`. */
    valuesSalt: uuid("values_salt").default(sql`gen_random_uuid()`),
    valuesDigest: text("values_digest"),
  },
  (table) => [
    index("audit_entry_organisation_idx").on(table.organisationId, table.at.desc(), table.id.desc()),
    index("audit_entry_at_idx").on(table.at.desc(), table.id.desc()),
    index("audit_entry_person_idx").on(table.actorId, table.at.desc(), table.id.desc()),
    index("audit_entry_thing_idx").on(table.resourceId, table.at.desc(), table.id.desc()),
    index("audit_entry_kind_idx").on(table.resource, table.at.desc(), table.id.desc()),
    index("audit_entry_action_idx").on(table.action, table.at.desc(), table.id.desc()),
    index("audit_entry_security_idx")
      .on(table.organisationId, table.at.desc(), table.id.desc())
      .where(sql.raw(SECURITY_CONDITION)),
  ],
);
