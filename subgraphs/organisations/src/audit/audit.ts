import {
  type AuditRecord,
  type Connection,
  connectionOf,
  decodeCursor,
  inBranch,
  inScope,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { and, desc, eq, gte, inArray, lt, or, sql } from "drizzle-orm";
import { auditEntry, auditUnsealed } from "../tables.js";

export type AuditRow = typeof auditEntry.$inferSelect;

export interface AuditFilter {
  organisationId?: string | null | undefined;
  resource?: string | null | undefined;
  resourceId?: string | null | undefined;
  actorId?: string | null | undefined;
  action?: readonly string[] | null | undefined;
  outcome?: readonly AuditRow["outcome"][] | null | undefined;
  securityOnly?: boolean | null | undefined;
  period?: { from: Date; to: Date } | null | undefined;
}

/** Actions that tell of an attack rather than of work. */
const SECURITY_ACTIONS = ["session:signIn", "session:reuse", "user:lockOut"];

/** Takes a record of any subgraph into the trail. What belongs to nobody (an unknown e-mail) is the operator's. */
export const keepAuditRecord = async (tx: Tx, event: DeliveredEvent): Promise<void> => {
  const record = event.payload as AuditRecord; // written by the kit's `audit`, in whichever subgraph
  const organisationId = record.organisationId ?? (await operatorId(tx));
  if (organisationId === null) throw new Error("there is no organisation yet to keep this record");
  const [added] = await tx.db
    .insert(auditEntry)
    .values({ ...record, id: event.id, organisationId })
    .onConflictDoNothing()
    .returning({ id: auditEntry.id });
  if (added) await tx.db.insert(auditUnsealed).values({ organisationId, entryId: added.id });
};

const operatorId = async (tx: Tx): Promise<string | null> => {
  const [row] = await tx.sql<
    { organisation_id: string }[]
  >`select organisation_id from tenancy where parent_id is null`;
  return row?.organisation_id ?? null;
};

/** The trail of the scope, newest first. */
export const auditEntries = async (tx: Tx, page: PageArguments, filter: AuditFilter): Promise<Connection<AuditRow>> => {
  const { resource, resourceId, actorId, action, outcome, period, organisationId } = filter;
  const key = decodeCursor(page.after, 2);
  const [at, id] = [new Date(String(key?.[0] ?? 0)), String(key?.[1])];
  const rows = await tx.db
    .select()
    .from(auditEntry)
    .where(
      and(
        organisationId ? inBranch(auditEntry.organisationId, organisationId) : inScope(tx, auditEntry.organisationId),
        resource ? eq(auditEntry.resource, resource) : undefined,
        resourceId ? eq(auditEntry.resourceId, resourceId) : undefined,
        actorId ? eq(auditEntry.actorId, actorId) : undefined,
        action ? inArray(auditEntry.action, [...action]) : undefined,
        outcome ? inArray(auditEntry.outcome, [...outcome]) : undefined,
        filter.securityOnly
          ? or(eq(auditEntry.outcome, "REFUSED"), inArray(auditEntry.action, SECURITY_ACTIONS))
          : undefined,
        period ? and(gte(auditEntry.at, period.from), lt(auditEntry.at, period.to)) : undefined,
        key ? or(lt(auditEntry.at, at), and(eq(auditEntry.at, at), sql`${auditEntry.id} < ${id}`)) : undefined,
      ),
    )
    .orderBy(desc(auditEntry.at), desc(auditEntry.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.at.toISOString(), row.id]);
};
