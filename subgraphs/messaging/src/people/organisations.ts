import { type KnownOrganisation, organisationInScope, organisationsInScope, requireId, type Tx } from "@tollgate/kit";

/** @throws NotFoundFault for an organisation outside the scope, and for an id that is none. */
export const requireOrganisation = (tx: Tx, organisationId: string): Promise<KnownOrganisation> =>
  organisationInScope(tx, requireId("organisation", organisationId));

/** Of these organisations in the scope, those that are active. */
export const activeOrganisations = async (tx: Tx, ids: readonly string[]): Promise<Map<string, true>> => {
  const known = await organisationsInScope(tx, ids);
  return new Map([...known].flatMap(([id, { status }]) => (status === "ACTIVE" ? [[id, true]] : [])));
};
