import { announceAll, audit, type Tx } from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { eq } from "drizzle-orm";
import { OWNER, permissionsOfRoles, type RoleDefinition } from "../roles/roles.js";
import { membership, membershipRole, organisation } from "../tables.js";
import { membersByUser } from "./members.js";

export interface NewMember {
  userId: string;
  organisationId: string;
  roles: readonly RoleDefinition[];
  invitedBy?: string | null;
}

/** Gives a user its place in the tree and its roles, and tells the others what it may do. */
export const addMember = async (tx: Tx, { userId, organisationId, roles, invitedBy }: NewMember): Promise<void> => {
  const [place] = await tx.db
    .select({ kind: organisation.kind })
    .from(organisation)
    .where(eq(organisation.organisationId, organisationId));
  if (!place) throw new Error(`no organisation ${organisationId}`);
  const [row] = await tx.db
    .insert(membership)
    .values({ organisationId, userId, invitedBy: invitedBy ?? null })
    .returning({ id: membership.id });
  if (!row) throw new Error("insert gave no row");
  await giveRoles(tx, organisationId, row.id, roles);
  await tellGrants(tx, [{ userId, organisationId, organisationKind: place.kind, roles }]);
  await audit(tx, "organisations", {
    action: "member:manage",
    resource: "member",
    resourceId: row.id,
    organisationId,
    after: { userId, roles: namesOf(roles) },
  });
};

export const namesOf = (roles: readonly RoleDefinition[]): string[] => roles.map(({ name }) => name).sort();

export const giveRoles = async (
  tx: Tx,
  organisationId: string,
  membershipId: string,
  roles: readonly RoleDefinition[],
): Promise<void> => {
  const grantedBy = tx.caller.kind === "USER" ? tx.caller.userId : "system";
  if (roles.length === 0) return;
  await tx.db
    .insert(membershipRole)
    .values(roles.map((role) => ({ organisationId, membershipId, roleId: role.id, grantedBy })));
};

/** Whoever has roles, and where. */
export interface Granted {
  userId: string;
  organisationId: string;
  organisationKind: OrganisationKind;
  roles: readonly RoleDefinition[];
}

/** Tells the others what these members may do now: their older tokens are out of date within a second. */
export const tellGrants = (tx: Tx, members: readonly Granted[]): Promise<void> =>
  announceAll(
    tx,
    "member.changed",
    members.map(({ userId, organisationId, organisationKind, roles }) => ({
      aggregateId: userId,
      organisationId,
      payload: {
        userId,
        organisationId,
        permissions: permissionsOfRoles(roles, organisationKind),
        isOwner: roles.some(({ id }) => id === OWNER.id),
      },
    })),
  );

/** Says once more what a member may do, for somebody who asks again. */
export const restateMember = async (tx: Tx, userId: string): Promise<void> => {
  const member = (await membersByUser(tx, [userId])).get(userId);
  if (member) await tellGrants(tx, [member]);
};
