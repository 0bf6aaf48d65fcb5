import { isId, NotFoundFault, type Tx } from "@tollgate/kit";
import { asc, inArray, sql } from "drizzle-orm";
import { role } from "../tables.js";
import { BUILT_IN_ROLES, builtInRole, type RoleDefinition } from "./roles.js";

export type OwnRoleRow = typeof role.$inferSelect;

/** An organisation's own role as a definition. */
export interface OwnRole extends RoleDefinition {
  organisationId: string;
}

export const ownRole = ({ id, organisationId, name, description, permissions }: OwnRoleOf): OwnRole => {
  const keys = new Set(permissions);
  return { id, organisationId, name, description, isBuiltIn: false, holds: ({ key }) => keys.has(key) };
};

/** What a definition is made from; also as JSON. */
export type OwnRoleOf = Pick<OwnRoleRow, "id" | "organisationId" | "name" | "description" | "permissions">;

/** The own roles of a membership as a JSON array, for the same statement that reads the membership. */
export const OWN_ROLES_OF_MEMBERSHIP = sql<OwnRoleOf[]>`(select coalesce(jsonb_agg(jsonb_build_object('id', c.id,
    'organisationId', c.organisation_id, 'name', c.name, 'description', c.description, 'permissions', c.permissions)), '[]')
  from membership_role r join role c on c.id = r.own_role_id where r.membership_id = membership.id)`;

/** The definitions behind ids, where the own ones among them are at hand; in the order of the ids. */
export const definitionsOf = (ids: readonly string[], own: readonly OwnRoleOf[]): RoleDefinition[] => {
  const byId = new Map(own.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    const definition = row ? ownRole(row) : builtInRole(id);
    return definition ? [definition] : [];
  });
};

/** Organisations' own roles by name. */
export const ownRolesOf = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, OwnRole[]>> => {
  const rows = await tx.db
    .select()
    .from(role)
    .where(inArray(role.organisationId, [...organisationIds]))
    .orderBy(asc(sql`lower(${role.name})`), asc(role.id));
  return Map.groupBy(rows.map(ownRole), ({ organisationId }) => organisationId);
};

/** Own roles by id, those of the caller's estate only. */
export const ownRolesById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, OwnRole>> => {
  const rows = await tx.db
    .select()
    .from(role)
    .where(inArray(role.id, ids.filter(isId)));
  return new Map(rows.map((row) => [row.id, ownRole(row)]));
};

/**
 * Roles that an organisation has, each once and in the order of their ids: built-in ones and its own.
 * @throws NotFoundFault for one that it has not.
 */
export const rolesByIds = async (
  tx: Tx,
  organisationId: string,
  roleIds: readonly string[],
): Promise<RoleDefinition[]> => {
  const wanted = [...new Set(roleIds.map((id) => id.toLowerCase()))].sort();
  const isOwn = (id: string) => !BUILT_IN_ROLES.some((built) => built.id === id);
  const own = wanted.some(isOwn) ? await ownRolesById(tx, wanted.filter(isOwn)) : new Map<string, OwnRole>();
  return wanted.map((id) => {
    const known = builtInRole(id);
    if (known) return known;
    const found = own.get(id);
    if (found?.organisationId !== organisationId) throw new NotFoundFault("role", id);
    return found;
  });
};
