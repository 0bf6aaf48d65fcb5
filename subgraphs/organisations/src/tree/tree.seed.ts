import type { Subgraph } from "@tollgate/kit";
import { addMember } from "../members/adding.js";
import { type BuiltInRoleName, builtInRoleByName } from "../roles/roles.js";
import { addOrganisation, type NewOrganisation } from "./tree.js";

export interface OrganisationsSeed {
  /** Parents before their children. */
  organisations: readonly NewOrganisation[];
  members: readonly { userId: string; organisationId: string; roles: readonly BuiltInRoleName[] }[];
}

/** Builds a tree with its members in one transaction; does nothing where there is a tree already. */
export const seedOrganisations = (subgraph: Subgraph, seed: OrganisationsSeed): Promise<void> =>
  subgraph.database.system("seed", async (tx) => {
    const [known] = await tx.sql`select 1 from tenancy limit 1`;
    if (known) return;
    for (const organisation of seed.organisations) await addOrganisation(tx, organisation);
    for (const { roles, ...member } of seed.members) {
      await addMember(tx, { ...member, roles: roles.map(builtInRoleByName) });
    }
  });
