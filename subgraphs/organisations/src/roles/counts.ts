import type { Tx } from "@tollgate/kit";
import { count, inArray } from "drizzle-orm";
import { membershipRole } from "../tables.js";

/** How many members have each role, by organisation. */
export const countRoles = async (
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, Map<string, number>>> => {
  const rows = await tx.db
    .select({ organisationId: membershipRole.organisationId, roleId: membershipRole.roleId, members: count() })
    .from(membershipRole)
    .where(inArray(membershipRole.organisationId, [...organisationIds]))
    .groupBy(membershipRole.organisationId, membershipRole.roleId);
  const counts = new Map<string, Map<string, number>>();
  for (const { organisationId, roleId, members } of rows) {
    const ofOrganisation = counts.get(organisationId) ?? new Map<string, number>();
    counts.set(organisationId, ofOrganisation.set(roleId, Number(members)));
  }
  return counts;
};
