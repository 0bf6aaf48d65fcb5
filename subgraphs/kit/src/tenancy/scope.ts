import { eq, inArray, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Tx } from "../database/database.js";
import { ForbiddenFault, NotFoundFault } from "../faults/fault.js";
import { isId } from "../faults/ids.js";
import type { OrganisationKind } from "../protocol/caller.js";
import type { OrganisationStatus } from "../protocol/tenancy.js";

/**
 * The condition that keeps a query inside the transaction's scope by index: one organisation, a list of up to about a
 * hundred, or nothing (the policies guard all the same).
 */
export const inScope = (tx: Tx, organisationId: AnyPgColumn): SQL | undefined => {
  if (tx.scope.everything) return undefined;
  const { organisationIds } = tx.scope;
  if (organisationIds === null) return undefined;
  const [only] = organisationIds;
  return organisationIds.length === 1 && only
    ? eq(organisationId, only)
    : inArray(organisationId, [...organisationIds]);
};

/**
 * The same for one branch within the scope: `organisationId` and all below it. Of one outside the scope there is nothing,
 * also where the scope itself lies below it: nobody finds out so who is above.
 */
export const inBranch = (organisationColumn: SQLWrapper, organisationId: string): SQL =>
  sql`${organisationColumn} in (select b.organisation_id from tenancy a join tenancy b
    on b.path >= a.path collate "C" and b.path < (a.path || '~') collate "C"
    where a.organisation_id = ${organisationId} and starts_with(a.path, current_setting('tollgate.path')))`;

export interface KnownOrganisation {
  organisationId: string;
  path: string;
  kind: OrganisationKind;
  status: OrganisationStatus;
}

/**
 * An organisation of the scope as the local projection knows it.
 * @throws NotFoundFault for one that is outside or unknown.
 */
export const organisationInScope = async (tx: Tx, organisationId: string): Promise<KnownOrganisation> => {
  const [row] = await tx.sql<{ path: string; kind: OrganisationKind; status: OrganisationStatus }[]>`
    select path, kind, status from tenancy where organisation_id = ${organisationId}`;
  const visible = row && (tx.scope.everything || row.path.startsWith(tx.scope.path));
  if (!visible) throw new NotFoundFault("organisation", organisationId);
  return { organisationId, ...row };
};

/** The same for several, by id; those that are outside or unknown, or no ids at all, are left out. */
export const organisationsInScope = async (
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, KnownOrganisation>> => {
  const { scope } = tx;
  const ids = [...new Set(organisationIds)].filter(isId);
  if (ids.length === 0) return new Map();
  const rows = await tx.sql<
    { organisation_id: string; path: string; kind: OrganisationKind; status: OrganisationStatus }[]
  >`
    select organisation_id, path, kind, status from tenancy
     where organisation_id = any(${ids}::uuid[])`;
  const visible = rows.filter(({ path }) => scope.everything || path.startsWith(scope.path));
  return new Map(
    visible.map(({ organisation_id: organisationId, ...row }) => [organisationId, { organisationId, ...row }]),
  );
};

/** The same as references, for the graph to join with what organisations knows of them. */
export const organisationReferences = async (
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, { id: string }>> =>
  new Map([...(await organisationsInScope(tx, organisationIds)).keys()].map((id) => [id, { id }]));

/** @throws ForbiddenFault for an organisation that may only read and pay. */
export const requireActive = (organisation: { status: OrganisationStatus }): void => {
  if (organisation.status === "ACTIVE") return;
  const reason = organisation.status === "SUSPENDED" ? "ORGANISATION_SUSPENDED" : "ORGANISATION_CLOSED";
  throw new ForbiddenFault(`This organisation is ${organisation.status.toLowerCase()}.`, reason);
};
