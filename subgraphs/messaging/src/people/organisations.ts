import { isId, type KnownOrganisation, organisationInScope, requireId, type Tx } from "@tollgate/kit";

/** Which of these organisations lie in the scope. */
export const organisationsInScope = async (tx: Tx, ids: readonly string[]): Promise<Map<string, { id: string }>> => {
  const wanted = ids.filter(isId);
  if (wanted.length === 0) return new Map();
  const path = tx.scope.everything ? "/" : tx.scope.path;
  const rows = await tx.sql<{ id: string }[]>`
    select organisation_id as id from tenancy
     where organisation_id = any(${wanted}::uuid[]) and starts_with(path, ${path})`;
  return new Map(rows.map(({ id }) => [id, { id }]));
};

/** @throws NotFoundFault for an organisation outside the scope, and for an id that is none. */
export const requireOrganisation = (tx: Tx, organisationId: string): Promise<KnownOrganisation> =>
  organisationInScope(tx, requireId("organisation", organisationId));

/** Of these organisations in the scope, those that are active. */
export const activeOrganisations = async (tx: Tx, ids: readonly string[]): Promise<Map<string, true>> => {
  const known = [...(await organisationsInScope(tx, ids)).keys()];
  if (known.length === 0) return new Map();
  const rows = await tx.sql<{ id: string }[]>`
    select organisation_id as id from tenancy where organisation_id = any(${known}::uuid[]) and status = 'ACTIVE'`;
  return new Map(rows.map(({ id }) => [id, true]));
};
