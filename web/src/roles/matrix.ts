import type { RoleFieldsFragment, RolesQuery } from "../gql/graphql.js";

type Permission = NonNullable<RolesQuery["permissions"]>[number];

export interface MatrixRow {
  key: string;
  action: string;
  sentence: string;
  /** Ids of the roles that hold it. */
  holders: ReadonlySet<string>;
}

export interface MatrixGroup {
  resource: string;
  rows: MatrixRow[];
}

/**
 * Permissions by what they are about, with who holds them: those that mean something in this organisation, which are
 * what its owners hold; narrowed to those whose key or sentence has `find` in it.
 */
export function matrixOf(
  permissions: readonly Permission[],
  roles: readonly RoleFieldsFragment[],
  find: string,
): MatrixGroup[] {
  const holders = new Map<string, Set<string>>();
  for (const role of roles) {
    for (const { key } of role.permissions) holders.set(key, (holders.get(key) ?? new Set()).add(role.id));
  }
  const wanted = find.trim().toLowerCase();
  const groups = new Map<string, MatrixRow[]>();
  for (const { key, resource, action, sentence } of permissions) {
    const held = holders.get(key);
    if (!held || !`${key} ${sentence}`.toLowerCase().includes(wanted)) continue;
    groups.set(resource, [...(groups.get(resource) ?? []), { key, action, sentence, holders: held }]);
  }
  return [...groups].map(([resource, rows]) => ({ resource, rows }));
}

/** What a role allows that somebody does not hold: it can be neither given nor taken away by them. */
export function missingFor(role: RoleFieldsFragment, own: readonly string[]): string[] {
  return role.permissions.map(({ key }) => key).filter((key) => !own.includes(key));
}
