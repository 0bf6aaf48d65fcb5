import { announce, audit, InvalidInputFault, type Tx } from "@tollgate/kit";
import { and, eq, notInArray } from "drizzle-orm";
import { requireHeld } from "../roles/granting.js";
import { rolesByIds } from "../roles/own-roles.js";
import { RoleRefusedFault } from "../roles/problems.js";
import { OWNER, permissionsOfRoles, type RoleDefinition } from "../roles/roles.js";
import { membership, membershipRole } from "../tables.js";
import { giveRoles, namesOf, tellGrants } from "./adding.js";
import { type MemberRecord, memberById } from "./members.js";

const MOST_ROLES = 20;
const NOT_HELD = "You can only give and take roles whose every permission you hold yourself.";

/** Two who take owners away at once would each leave one to the other. */
export const lockMembersOf = async (tx: Tx, organisationId: string): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`members ${organisationId}`}))`;
};

/** The member with the members of its organisation locked: what is read here stays true until the commit. */
const lockedMember = async (tx: Tx, memberId: string): Promise<MemberRecord> => {
  const { organisationId } = await memberById(tx, memberId);
  await lockMembersOf(tx, organisationId);
  return memberById(tx, memberId);
};

/**
 * Replaces a member's roles. What is given and what is taken away must both be held by the caller; an admin does not
 * demote an owner.
 * @throws NotFoundFault, InvalidInputFault for none or too many, RoleRefusedFault for what the caller does not hold and
 *   for the last owner.
 */
export const assignRoles = async (tx: Tx, memberId: string, roleIds: readonly string[]): Promise<MemberRecord> => {
  if (roleIds.length === 0 || roleIds.length > MOST_ROLES) {
    throw InvalidInputFault.of("roleIds", "OUT_OF_RANGE", `A member has 1 to ${MOST_ROLES} roles.`);
  }
  const member = await lockedMember(tx, memberId);
  const { organisationId, organisationKind } = member;
  const roles = await rolesByIds(tx, organisationId, roleIds);
  const [given, taken] = [without(roles, member.roles), without(member.roles, roles)];
  if (given.length === 0 && taken.length === 0) return member;
  await requireHeld(tx, permissionsOfRoles([...given, ...taken], organisationKind), NOT_HELD);
  if (has(taken, OWNER)) await requireAnotherOwner(tx, member);
  await dropRolesExcept(tx, member.id, roles);
  await giveRoles(tx, organisationId, member.id, given);
  await tellGrants(tx, [{ ...member, roles }]);
  await audit(tx, "organisations", {
    action: "member:manage",
    resource: "member",
    resourceId: member.id,
    organisationId,
    before: { userId: member.userId, roles: namesOf(member.roles) },
    after: { userId: member.userId, roles: namesOf(roles) },
  });
  return { ...member, roles };
};

/**
 * Ends a membership; accounts deactivates the user when it hears of it. Oneself as well: that is leaving.
 * @returns the member as it was.
 * @throws NotFoundFault, RoleRefusedFault for somebody with more permissions than the caller, and for the last owner.
 */
export const removeMember = async (tx: Tx, memberId: string): Promise<MemberRecord> => {
  const member = await lockedMember(tx, memberId);
  const { userId, organisationId, organisationKind, roles } = member;
  const isSelf = tx.caller.kind === "USER" && tx.caller.userId === userId;
  const message = "You can only remove members whose every permission you hold yourself.";
  if (!isSelf) await requireHeld(tx, permissionsOfRoles(roles, organisationKind), message);
  if (has(roles, OWNER)) await requireAnotherOwner(tx, member);
  await tx.db.delete(membership).where(eq(membership.id, member.id));
  await announce(tx, "member.changed", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId, permissions: [], isOwner: false },
  });
  await audit(tx, "organisations", {
    action: "member:manage",
    resource: "member",
    resourceId: member.id,
    organisationId,
    before: { userId, roles: namesOf(roles) },
  });
  return member;
};

const has = (roles: readonly RoleDefinition[], { id }: RoleDefinition) => roles.some((role) => role.id === id);
const without = (roles: readonly RoleDefinition[], others: readonly RoleDefinition[]) =>
  roles.filter((role) => !has(others, role));

const dropRolesExcept = async (tx: Tx, membershipId: string, kept: readonly RoleDefinition[]): Promise<void> => {
  const keptIds = kept.map(({ id }) => id);
  await tx.db
    .delete(membershipRole)
    .where(and(eq(membershipRole.membershipId, membershipId), notInArray(membershipRole.roleId, keptIds)));
};

/** @throws RoleRefusedFault where nobody else who can still sign in is an owner. */
const requireAnotherOwner = async (tx: Tx, { id, organisationId }: MemberRecord): Promise<void> => {
  const [another] = await tx.sql`
    select 1 from membership_role r
      join membership m on m.id = r.membership_id
      left join person p on p.user_id = m.user_id
     where r.organisation_id = ${organisationId} and r.role_id = ${OWNER.id} and m.id <> ${id}
       and coalesce(p.status, 'ACTIVE') not in ('DEACTIVATED', 'ERASED') limit 1`;
  if (another) return;
  throw new RoleRefusedFault("An organisation keeps its last owner: make somebody else an owner first.", [], true);
};
