import { holds, type Tx } from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { definitionsOf, type OwnRoleOf } from "./own-roles.js";
import { RoleRefusedFault } from "./problems.js";
import { permissionsOfRoles } from "./roles.js";

/**
 * The roles that a person has now. A caller who narrowed to an organisation below does not see its own membership, so
 * the function looks beyond the scope of the transaction; it is asked for the caller alone.
 */
export const GRANTING_STATEMENTS = [
  `create or replace function roles_of(person uuid) returns table (kind text, role_ids uuid[], own_roles jsonb)
   language plpgsql security definer set search_path = organisations, pg_temp as $body$
   declare scope text := current_setting('tollgate.path', true);
   begin
     perform set_config('tollgate.path', '/', true);
     return query
       select o.kind, array_agg(r.role_id), coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'organisationId', c.organisation_id,
           'name', c.name, 'description', c.description, 'permissions', c.permissions)) filter (where c.id is not null), '[]')
         from membership m
         join organisation o on o.organisation_id = m.organisation_id
         join membership_role r on r.membership_id = m.id
         left join role c on c.id = r.own_role_id
        where m.user_id = person group by o.kind;
     perform set_config('tollgate.path', coalesce(scope, ''), true);
   end $body$`,
];

interface RolesNow {
  kind: OrganisationKind;
  role_ids: string[];
  own_roles: OwnRoleOf[];
}

/** Whether the caller may do something at this moment: what its token says and its roles still give. */
const mayNow = async (tx: Tx): Promise<(key: string) => boolean> => {
  const { caller } = tx;
  if (caller.kind !== "USER" || caller.isApiKey) return (key) => holds(caller, key);
  const [row] = await tx.sql<RolesNow[]>`select * from roles_of(${caller.userId})`;
  if (!row) return () => false;
  const given = new Set(permissionsOfRoles(definitionsOf(row.role_ids, row.own_roles), row.kind));
  return (key) => given.has(key) && holds(caller, key);
};

/**
 * Nobody gives what he does not hold, nor takes it away. The roles are read anew: a token may be a second older.
 * @throws RoleRefusedFault naming what is missing.
 */
export const requireHeld = async (tx: Tx, keys: readonly string[], message: string): Promise<void> => {
  if (keys.length === 0) return;
  const may = await mayNow(tx);
  const missing = keys.filter((key) => !may(key)).sort();
  if (missing.length > 0) throw new RoleRefusedFault(message, missing);
};
