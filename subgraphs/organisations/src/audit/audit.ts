import {
  type AuditRecord,
  type Connection,
  type CursorKey,
  connectionOf,
  decodeCursor,
  InvalidInputFault,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  organisationInScope,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { and, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import { auditEntry, auditUnsealed } from "../tables.js";
import { SECURITY_CONDITION } from "./security.js";

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

/** Where a page ends: entries are ordered by time, then by id. */
export type AuditPlace = Pick<AuditRow, "at" | "id">;

/** What a filter asks of entries within the scope. */
export const conditionsOf = (tx: Tx, filter: AuditFilter): SQL | undefined => {
  const { resource, resourceId, actorId, action, outcome, period, organisationId } = filter;
  return and(
    organisationId ? inBranch(auditEntry.organisationId, organisationId) : inScope(tx, auditEntry.organisationId),
    resource ? eq(auditEntry.resource, resource) : undefined,
    resourceId ? eq(auditEntry.resourceId, resourceId) : undefined,
    actorId ? eq(auditEntry.actorId, actorId) : undefined,
    action ? inArray(auditEntry.action, [...action]) : undefined,
    outcome ? inArray(auditEntry.outcome, [...outcome]) : undefined,
    filter.securityOnly ? sql.raw(`(${SECURITY_CONDITION})`) : undefined,
    period ? and(gte(auditEntry.at, period.from), lt(auditEntry.at, period.to)) : undefined,
  );
};

/** Older than a place; compared as one value, which the indexes are ordered by. */
export const olderThan = (place: AuditPlace): SQL =>
  sql`(${auditEntry.at}, ${auditEntry.id}) < (${place.at.toISOString()}::timestamptz, ${place.id}::uuid)`;

/** As the indexes have it, or they would be of no use for it. */
export const NEWEST_FIRST = [sql`${auditEntry.at} desc nulls last`, sql`${auditEntry.id} desc nulls last`] as const;

const MOST_ACTIONS = 50;
const LONGEST_TEXT = 200;

/** @throws NotFoundFault for an organisation outside of the scope; InvalidInputFault for what nobody means. */
export const checkScope = async (tx: Tx, filter: AuditFilter): Promise<void> => {
  checkFilter(filter);
  if (filter.organisationId) await organisationInScope(tx, filter.organisationId);
};

const checkFilter = ({ action, actorId, organisationId, period, resource, resourceId }: AuditFilter): void => {
  const refuse = (path: string, message: string) => InvalidInputFault.of(path, "MALFORMED", message);
  if (action && action.length > MOST_ACTIONS) throw refuse("filter.action", `At most ${MOST_ACTIONS} actions.`);
  for (const text of [resource, resourceId, ...(action ?? [])]) {
    if (text && text.length > LONGEST_TEXT) throw refuse("filter", `At most ${LONGEST_TEXT} characters.`);
  }
  for (const [path, id] of Object.entries({ actorId, organisationId })) {
    if (id && !isId(id)) throw new NotFoundFault(path === "actorId" ? "user" : "organisation", id);
  }
  if (period && period.from >= period.to) throw refuse("filter.period", "The period ends before it begins.");
};

/**
 * The trail of the scope, newest first.
 * @throws NotFoundFault for an organisation outside of it; InvalidInputFault.
 */
export const auditEntries = async (tx: Tx, page: PageArguments, filter: AuditFilter): Promise<Connection<AuditRow>> => {
  await checkScope(tx, filter);
  const after = placeOf(decodeCursor(page.after, 2));
  const rows = await tx.db
    .select()
    .from(auditEntry)
    .where(and(conditionsOf(tx, filter), after ? olderThan(after) : undefined))
    .orderBy(...NEWEST_FIRST)
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.at.toISOString(), row.id]);
};

const placeOf = (key: CursorKey | null): AuditPlace | null => {
  if (!key) return null;
  const [at, id] = [new Date(String(key[0])), String(key[1])];
  if (Number.isNaN(at.getTime()) || !isId(id)) {
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
  }
  return { at, id };
};
