import type { Tx } from "@tollgate/kit";
import { type SQL, sql } from "drizzle-orm";

/** The organisation directly above another, which bills it; null at the top. */
export const organisationAbove = (organisationId: string): SQL =>
  sql`(select parent_id from tenancy where organisation_id = ${organisationId})`;

/** Those of `ids` that the caller's scope covers, each under its id. */
export const organisationsInScope = async (tx: Tx, ids: readonly string[]): Promise<Map<string, { id: string }>> => {
  const known = await tx.sql<{ organisation_id: string; path: string }[]>`
    select organisation_id, path from tenancy where organisation_id::text = any(${[...ids]}::text[])`;
  const { scope } = tx;
  const visible = known.filter(({ path }) => scope.everything || path.startsWith(scope.path));
  return new Map(visible.map(({ organisation_id: id }) => [id, { id }]));
};
