import { type DownloadsPlace, type DownloadTable, requireUser, TableDownloads, type Tx } from "@tollgate/kit";
import { and, eq, lte } from "drizzle-orm";
import { membersByUser } from "../members/members.js";
import { permissionsOfRoles } from "../roles/roles.js";
import { auditEntry, auditLink } from "../tables.js";
import { type AuditFilter, type AuditPlace, checkScope, conditionsOf, NEWEST_FIRST, olderThan } from "./audit.js";
import { type ExportRow, FORMATS } from "./export-formats.js";

const page = (
  tx: Tx,
  filter: AuditFilter,
  newest: Date,
  after: AuditPlace | null,
  size: number,
): Promise<ExportRow[]> =>
  tx.db
    .select({ entry: auditEntry, hash: auditLink.hash })
    .from(auditEntry)
    .leftJoin(auditLink, eq(auditLink.entryId, auditEntry.id))
    .where(and(conditionsOf(tx, filter), lte(auditEntry.at, newest), after ? olderThan(after) : undefined))
    .orderBy(...NEWEST_FIRST)
    .limit(size)
    .then((rows) => rows.map(({ entry, hash }) => ({ ...entry, hash: hash && Buffer.from(hash).toString("hex") })));

const TRAIL: DownloadTable<{ filter: AuditFilter }, ExportRow, ExportRow> = {
  path: "/files/audit",
  name: "audit",
  purpose: "exports of the audit trail",
  permission: "audit:export",
  files: FORMATS,
  check: (tx, { filter }) => checkScope(tx, filter),
  permits: async (tx, { userId, isApiKey }) => {
    // What a key may do is known where keys are; its link lives for some minutes only.
    if (isApiKey) return true;
    const member = (await membersByUser(tx, [userId])).get(userId);
    return member !== undefined && permissionsOfRoles(member.roles, member.organisationKind).includes("audit:export");
  },
  record: async ({ caller }, { filter }) => ({
    resource: "auditTrail",
    resourceId: filter.organisationId ?? requireUser(caller).organisationId,
  }),
  next: (tx, { filter }, after, size, at) => page(tx, filter, at, after, size),
  rowOf: (row) => row,
};

/** The trail as a file, to its end when the link is opened. */
export const auditDownloads = (place: DownloadsPlace) => new TableDownloads(TRAIL, place);

export type AuditDownloads = ReturnType<typeof auditDownloads>;
