import type { Tx } from "@tollgate/kit";
import type { OrganisationNamed } from "@tollgate/kit/protocol";
import { inArray, lt, sql } from "drizzle-orm";
import { organisationName } from "./name.schema.js";

/** Keeps a name where it is newer than the one that is known, so that order and repetition are harmless. */
export const followName = async (tx: Tx, { organisationId, name, version }: OrganisationNamed): Promise<void> => {
  await tx.db
    .insert(organisationName)
    .values({ organisationId, name, version: BigInt(version) })
    .onConflictDoUpdate({
      target: organisationName.organisationId,
      set: { name: sql`excluded.name`, version: sql`excluded.version` },
      setWhere: lt(organisationName.version, sql`excluded.version`),
    });
};

/** Names by organisation: of those that the caller sees, and of those above. */
export const namesOf = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tx.db
    .select()
    .from(organisationName)
    .where(inArray(organisationName.organisationId, [...organisationIds]));
  return new Map(rows.map(({ organisationId, name }) => [organisationId, name]));
};
