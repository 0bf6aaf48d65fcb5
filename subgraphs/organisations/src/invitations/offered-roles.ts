import { InvalidInputFault, type Tx } from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { lockMembersOf } from "../members/changing.js";
import { requireHeld } from "../roles/granting.js";
import { ownRolesById, rolesByIds } from "../roles/own-roles.js";
import { builtInRole, permissionsOfRoles, type RoleDefinition } from "../roles/roles.js";
import { MOST_ROLES } from "./rules.js";

/** The roles behind ids, in their order; those that are gone are left out. */
export const knownRoles = async (tx: Tx, roleIds: readonly string[]): Promise<RoleDefinition[]> => {
  const own = roleIds.every(builtInRole) ? null : await ownRolesById(tx, roleIds);
  return roleIds.flatMap((id) => builtInRole(id) ?? own?.get(id) ?? []);
};

/**
 * The roles that somebody is invited to, each once.
 * @throws InvalidInputFault for none or too many; NotFoundFault for one that the organisation has not; RoleRefusedFault
 *   unless the caller holds everything that they allow.
 */
export const offeredRoles = async (
  tx: Tx,
  organisation: { organisationId: string; kind: OrganisationKind },
  roleIds: readonly string[],
): Promise<string[]> => {
  if (roleIds.length === 0 || roleIds.length > MOST_ROLES) {
    throw InvalidInputFault.of("roleIds", "OUT_OF_RANGE", `Choose 1 to ${MOST_ROLES} roles.`);
  }
  await lockMembersOf(tx, organisation.organisationId); // a promised role is not deleted meanwhile
  const roles = await rolesByIds(tx, organisation.organisationId, roleIds);
  const given = permissionsOfRoles(roles, organisation.kind);
  await requireHeld(tx, given, "You can only give roles whose every permission you hold yourself.");
  return roles.map(({ id }) => id);
};
