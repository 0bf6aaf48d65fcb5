import { fileURLToPath } from "node:url";
import type { Subgraph, SubgraphDefinition } from "@tollgate/kit";
import type { TenancySource } from "@tollgate/kit/protocol";
import { keepAuditRecord } from "./audit/audit.js";
import { auditLaws } from "./audit/audit.laws.js";
import { AuditResolver } from "./audit/audit.resolver.js";
import { membersByUser } from "./members/members.js";
import {
  MemberResolver,
  OrganisationMembersResolver,
  resolveRole,
  UserMembershipResolver,
} from "./members/members.resolver.js";
import { organisationsPersonalData } from "./personal-data.js";
import { OrganisationSettingsResolver, SettingChangeResolver, SettingResolver } from "./settings/settings.resolver.js";
import { changesAfter, organisationsById } from "./tree/tree.js";
import { TreeResolver } from "./tree/tree.resolver.js";

export { PERMISSIONS, type PermissionDefinition } from "./roles/permissions.js";
export { BUILT_IN_ROLES, permissionsOfRole } from "./roles/roles.js";
export { DEMO_OPERATOR, DEMO_REFUSED, holdsDemo } from "./tree/demo.js";
export type { NewOrganisation } from "./tree/tree.js";
export { type OrganisationsSeed, seedOrganisations } from "./tree/tree.seed.js";

/** The organisations subgraph: the tree, members and roles, and the audit trail of all. */
export const organisationsSubgraph = (): SubgraphDefinition => ({
  name: "organisations",
  migrations: fileURLToPath(new URL("../../../drizzle/organisations", import.meta.url)),
  personalData: organisationsPersonalData,
  laws: auditLaws,
  parts: (kit) => ({
    resolvers: [
      new TreeResolver(),
      new OrganisationMembersResolver(),
      new MemberResolver(),
      new UserMembershipResolver(),
      new AuditResolver(),
      new OrganisationSettingsResolver(),
      new SettingResolver(kit),
      new SettingChangeResolver(kit),
    ],
    references: {
      Organisation: ({ id }, context) => context.loader(organisationsById).load(id),
      Role: resolveRole,
      User: async ({ id }, context) => ((await context.loader(membersByUser).load(id)) ? { id } : null),
    },
    handlers: { "audit.recorded": keepAuditRecord },
  }),
});

/** Where the other subgraphs pull the tree from, in process. */
export const tenancySourceOf = (organisations: Subgraph): TenancySource => ({
  changes: (after) => organisations.database.system("tenancy source", (tx) => changesAfter(tx, after)),
});
