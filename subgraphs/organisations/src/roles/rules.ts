import { InvalidInputFault, oneLine, type RefusedField } from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { PERMISSIONS } from "./permissions.js";
import { BUILT_IN_ROLES } from "./roles.js";

/** Own roles of one organisation at most. */
export const MOST_ROLES = 50;
const LONGEST_NAME = 60;
const LONGEST_DESCRIPTION = 300;

const BY_KEY = new Map(PERMISSIONS.map((permission) => [permission.key, permission]));

export interface RoleContents {
  name: string;
  description: string | null;
  permissions: readonly string[];
}

const nameErrors = (name: string): RefusedField[] => {
  const path = ["name"];
  if (name === "") return [{ path, reason: "TOO_SHORT", message: "Give the role a name." }];
  if (name.length > LONGEST_NAME)
    return [{ path, reason: "TOO_LONG", message: `A name has at most ${LONGEST_NAME} characters.` }];
  if (BUILT_IN_ROLES.some((role) => role.name === name.toLowerCase()))
    return [{ path, reason: "RESERVED", message: "A built-in role has this name." }];
  return [];
};

const permissionErrors = (keys: readonly string[], kind: OrganisationKind): RefusedField[] => {
  if (keys.length === 0)
    return [{ path: ["permissions"], reason: "TOO_SHORT", message: "Choose at least one permission." }];
  return keys.flatMap((key, index) => {
    const path = ["permissions", `${index}`];
    const known = BY_KEY.get(key);
    if (!known) return [{ path, reason: "UNKNOWN", message: `There is no permission ${key.slice(0, 60)}.` }];
    if (known.kinds.includes(kind)) return [];
    return [{ path, reason: "NOT_HERE", message: `${key} means nothing in an organisation of this kind.` }];
  });
};

/**
 * What a role will hold, in order.
 * @throws InvalidInputFault naming everything that is wrong, by field.
 */
export const checkedRole = (
  contents: RoleContents,
  kind: OrganisationKind,
): RoleContents & { permissions: string[] } => {
  const name = oneLine(contents.name);
  const description = contents.description?.trim() || null;
  const errors = [...nameErrors(name), ...permissionErrors(contents.permissions, kind)];
  if ((description?.length ?? 0) > LONGEST_DESCRIPTION) {
    const message = `A description has at most ${LONGEST_DESCRIPTION} characters.`;
    errors.push({ path: ["description"], reason: "TOO_LONG", message });
  }
  if (errors.length > 0) throw new InvalidInputFault(errors);
  return { name, description, permissions: [...new Set(contents.permissions)].sort() };
};
