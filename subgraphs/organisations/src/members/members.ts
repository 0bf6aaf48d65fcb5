import {
  type Connection,
  connectionOf,
  decodeCursor,
  isId,
  NotFoundFault,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { and, asc, eq, gt, inArray, or, sql } from "drizzle-orm";
import { definitionsOf, OWN_ROLES_OF_MEMBERSHIP, type OwnRoleOf } from "../roles/own-roles.js";
import type { RoleDefinition } from "../roles/roles.js";
import { membership, organisation } from "../tables.js";

/** A user's membership with its roles and what they allow. */
export interface MemberRecord {
  id: string;
  organisationId: string;
  organisationKind: OrganisationKind;
  userId: string;
  invitedBy: string | null;
  joinedAt: Date;
  roles: RoleDefinition[];
}

const columns = {
  id: membership.id,
  organisationId: membership.organisationId,
  organisationKind: organisation.kind,
  userId: membership.userId,
  invitedBy: membership.invitedBy,
  joinedAt: membership.joinedAt,
  roleIds: sql<string[]>`(select coalesce(array_agg(r.role_id order by r.role_id), '{}') from membership_role r
    where r.membership_id = ${membership.id})`,
  ownRoles: OWN_ROLES_OF_MEMBERSHIP,
};

const members = (tx: Tx) =>
  tx.db
    .select(columns)
    .from(membership)
    .innerJoin(organisation, eq(organisation.organisationId, membership.organisationId));

type Row = Omit<MemberRecord, "roles"> & { roleIds: string[]; ownRoles: OwnRoleOf[] };

const recordOf = ({ roleIds, ownRoles, ...row }: Row): MemberRecord => ({
  ...row,
  roles: definitionsOf(roleIds, ownRoles),
});

/** Memberships by user, those of the caller's estate only. */
export const membersByUser = async (tx: Tx, userIds: readonly string[]): Promise<Map<string, MemberRecord>> => {
  const rows = await members(tx).where(inArray(membership.userId, [...userIds]));
  return new Map(rows.map((row) => [row.userId, recordOf(row)]));
};

/** @throws NotFoundFault outside the caller's estate. */
export const memberById = async (tx: Tx, id: string): Promise<MemberRecord> => {
  const [row] = isId(id) ? await members(tx).where(eq(membership.id, id)) : [];
  if (!row) throw new NotFoundFault("member", id);
  return recordOf(row);
};

/** All members of an organisation who have a role. */
export const membersWithRole = async (tx: Tx, organisationId: string, roleId: string): Promise<MemberRecord[]> =>
  (await members(tx).where(and(eq(membership.organisationId, organisationId), hasRole(roleId)))).map(recordOf);

const hasRole = (roleId: string) =>
  sql`exists (select 1 from membership_role r where r.membership_id = ${membership.id} and r.role_id = ${roleId})`;

/** Members of one organisation, longest first. */
export const membersOf = async (
  tx: Tx,
  organisationId: string,
  page: PageArguments,
  roleId: string | null,
): Promise<Connection<MemberRecord>> => {
  const condition = and(eq(membership.organisationId, organisationId), roleId === null ? undefined : hasRole(roleId));
  const key = decodeCursor(page.after, 2);
  const [joinedAt, id] = [new Date(String(key?.[0] ?? 0)), String(key?.[1])];
  const rows = await members(tx)
    .where(
      and(
        condition,
        key
          ? or(gt(membership.joinedAt, joinedAt), and(eq(membership.joinedAt, joinedAt), gt(membership.id, id)))
          : undefined,
      ),
    )
    .orderBy(asc(membership.joinedAt), asc(membership.id))
    .limit(pageSize(page) + 1);
  const count = async () => {
    const [row] = await tx.db.select({ count: sql<bigint>`count(*)` }).from(membership).where(condition);
    return Number(row?.count ?? 0);
  };
  return connectionOf(rows.map(recordOf), page, (row) => [row.joinedAt.toISOString(), row.id], count);
};
