import {
  announce,
  audit,
  type Connection,
  connectionOf,
  decodeCursor,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { and, asc, eq, gt, inArray, or, sql } from "drizzle-orm";
import {
  type BuiltInRoleName,
  builtInRole,
  builtInRoleByName,
  permissionsOfRoles,
  type RoleDefinition,
} from "../roles/roles.js";
import { membership, membershipRole, organisation } from "../tables.js";

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
};

const members = (tx: Tx) =>
  tx.db
    .select(columns)
    .from(membership)
    .innerJoin(organisation, eq(organisation.organisationId, membership.organisationId));

type Row = Omit<MemberRecord, "roles"> & { roleIds: string[] };

const recordOf = ({ roleIds, ...row }: Row): MemberRecord => ({ ...row, roles: roleIds.map(builtInRole) });

/** Memberships by user, those of the caller's estate only. */
export const membersByUser = async (tx: Tx, userIds: readonly string[]): Promise<Map<string, MemberRecord>> => {
  const rows = await members(tx).where(inArray(membership.userId, [...userIds]));
  return new Map(rows.map((row) => [row.userId, recordOf(row)]));
};

/** Members of one organisation, longest first. */
export const membersOf = async (
  tx: Tx,
  organisationId: string,
  page: PageArguments,
  roleId: string | null,
): Promise<Connection<MemberRecord>> => {
  const condition = and(
    eq(membership.organisationId, organisationId),
    roleId === null
      ? undefined
      : sql`exists (select 1 from membership_role r where r.membership_id = ${membership.id} and r.role_id = ${roleId})`,
  );
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

export interface NewMember {
  userId: string;
  organisationId: string;
  roles: readonly BuiltInRoleName[];
  /** Left out: nobody did, or an API key. */
  invitedBy?: string | null;
}

/** Gives a user its place in the tree and its roles, and tells the others what it may do. */
export const addMember = async (tx: Tx, added: NewMember): Promise<void> => {
  const [place] = await tx.db
    .select({ kind: organisation.kind })
    .from(organisation)
    .where(eq(organisation.organisationId, added.organisationId));
  if (!place) throw new Error(`no organisation ${added.organisationId}`);
  const roles = added.roles.map(builtInRoleByName);
  const [row] = await tx.db
    .insert(membership)
    .values({ organisationId: added.organisationId, userId: added.userId, invitedBy: added.invitedBy ?? null })
    .returning({ id: membership.id });
  if (!row) throw new Error("insert gave no row");
  const granted = roles.map((role) => ({
    organisationId: added.organisationId,
    membershipId: row.id,
    roleId: role.id,
    grantedBy: tx.caller.kind === "USER" ? tx.caller.userId : "system",
  }));
  await tx.db.insert(membershipRole).values(granted);
  await tell(tx, { ...added, organisationKind: place.kind, roles });
  await audit(tx, "organisations", {
    action: "member:manage",
    resource: "member",
    resourceId: row.id,
    organisationId: added.organisationId,
    after: { userId: added.userId, roles: [...added.roles] },
  });
};

/** Tells the others once more what a member may do; nothing where there is no such member. */
export const restateMember = async (tx: Tx, userId: string): Promise<void> => {
  const member = (await membersByUser(tx, [userId])).get(userId);
  if (member) await tell(tx, member);
};

const tell = async (
  tx: Tx,
  { userId, organisationId, organisationKind, roles }: Omit<MemberRecord, "id" | "invitedBy" | "joinedAt">,
): Promise<void> => {
  await announce(tx, "member.changed", {
    aggregateId: userId,
    organisationId,
    payload: {
      userId,
      organisationId,
      permissions: permissionsOfRoles(roles, organisationKind),
      isOwner: roles.some(({ name }) => name === "owner"),
    },
  });
};
