import { fileURLToPath } from "node:url";
import { forgetKeys, type Subgraph, type SubgraphDefinition } from "@tollgate/kit";
import type { ClosingRefused, ClosingTurn, TenancySource } from "@tollgate/kit/protocol";
import { keepAuditRecord } from "./audit/audit.js";
import { auditLaws } from "./audit/audit.laws.js";
import { keepRedacted, REDACTION_STATEMENTS } from "./audit/redaction.js";
import { trailParts } from "./audit/trail.js";
import { ErasureResolver } from "./erasure/erasure.resolver.js";
import { beginning, type FirstOperator } from "./invitations/first-operator.js";
import { InvitationResolver, OrganisationInvitationsResolver } from "./invitations/invitations.resolver.js";
import { membersByUser } from "./members/members.js";
import { MemberResolver, OrganisationMembersResolver, UserMembershipResolver } from "./members/members.resolver.js";
import { followPerson } from "./people/people.js";
import { organisationsPersonalData } from "./personal-data.js";
import { GRANTING_STATEMENTS } from "./roles/granting.js";
import { RolesResolver, resolveRole } from "./roles/roles.resolver.js";
import { retellSettings } from "./settings/retelling.js";
import { OrganisationSettingsResolver, SettingChangeResolver, SettingResolver } from "./settings/settings.resolver.js";
import { settleRegistration } from "./sign-up/registrations.js";
import { completeClosing, refuseClosing } from "./tree/closing.js";
import { ClosingDesk } from "./tree/closing-desk.js";
import { namesTold, retellNames } from "./tree/naming.js";
import { changesAfter, organisationsById } from "./tree/tree.js";
import { TreeMutationsResolver } from "./tree/tree.mutations.js";
import { TreeResolver } from "./tree/tree.resolver.js";

export { type FirstOperator, firstOperator } from "./invitations/first-operator.js";
export { PERMISSIONS, type PermissionDefinition } from "./roles/permissions.js";
export { BUILT_IN_ROLES, permissionsOfRole } from "./roles/roles.js";
export { type SeededSetting, seedSettings } from "./settings/settings.seed.js";
export { DEMO_OPERATOR, DEMO_REFUSED, holdsDemo } from "./tree/demo.js";
export type { NewOrganisation } from "./tree/tree.js";
export { type OrganisationsSeed, seedOrganisations } from "./tree/tree.seed.js";

const KEYS_KEPT_MILLISECONDS = 30 * 86_400_000;

export interface OrganisationsOptions {
  /** Moves in tests. */
  clock?: () => Date;
  /** Where people reach the gateway: links to exports lead there. */
  publicUrl?: string;
  /** Where anchors and archives of the audit trail are written; nowhere when left out. */
  auditDirectory?: string | null;
  /** Who is invited where the tree is empty; null: nobody was named. The demo brings its own people. */
  begins?: FirstOperator | null | "with the demo";
}

/** The organisations subgraph: the tree, members and roles, and the audit trail of all. */
export const organisationsSubgraph = ({
  clock = () => new Date(),
  publicUrl = "http://localhost",
  auditDirectory = null,
  begins = "with the demo",
}: OrganisationsOptions = {}): SubgraphDefinition => ({
  name: "organisations",
  migrations: fileURLToPath(new URL("../../../drizzle/organisations", import.meta.url)),
  personalData: organisationsPersonalData,
  laws: {
    ...auditLaws,
    statements: [...(auditLaws.statements ?? []), ...REDACTION_STATEMENTS, ...GRANTING_STATEMENTS],
  },
  parts: (
    kit,
    desk = new ClosingDesk(kit.database),
    trail = trailParts(kit, { publicUrl, directory: auditDirectory, clock }),
  ) => ({
    resolvers: [
      new TreeResolver(),
      new TreeMutationsResolver(desk),
      new OrganisationMembersResolver(),
      new MemberResolver(),
      new UserMembershipResolver(),
      new RolesResolver(),
      new OrganisationInvitationsResolver(clock),
      new InvitationResolver({ sealer: kit.sealer, clock }),
      new ErasureResolver(),
      ...trail.resolvers,
      new OrganisationSettingsResolver(),
      new SettingResolver(kit),
      new SettingChangeResolver(kit),
    ],
    references: {
      Organisation: ({ id }, context) => context.loader(organisationsById).load(id),
      Role: resolveRole,
      User: async ({ id }, context) => ((await context.loader(membersByUser).load(id)) ? { id } : null),
    },
    handlers: {
      "audit.recorded": keepRedacted(keepAuditRecord),
      "user.changed": followPerson,
      "user.registered": (tx, event) => settleRegistration(tx, event, clock()),
      "closing.cleared": (tx, event) => completeClosing(tx, event.payload as ClosingTurn, new Date()), // the catalogue's type
      "closing.refused": (tx, event) => refuseClosing(tx, event.payload as ClosingRefused, new Date()), // the catalogue's type
    },
    onEvent: (type) => {
      if (type.startsWith("closing.")) desk.wake();
    },
    workers: [...trail.workers, namesTold(kit), ...(begins === "with the demo" ? [] : [beginning(kit, begins, clock)])],
    routes: trail.routes,
    jobs: [
      ...trail.jobs,
      { name: "retell-settings", schedule: "31 3 * * *", run: () => retellSettings(kit.database) },
      { name: "retell-names", schedule: "37 3 * * *", run: () => retellNames(kit.database) },
      {
        name: "forget-idempotency-keys",
        schedule: "47 2 * * *",
        run: () =>
          kit.database.system("forget-idempotency-keys", (tx) =>
            forgetKeys(tx, new Date(Date.now() - KEYS_KEPT_MILLISECONDS)),
          ),
      },
    ],
  }),
});

/** Where the other subgraphs pull the tree from, in process. */
export const tenancySourceOf = (organisations: Subgraph): TenancySource => ({
  changes: (after) => organisations.database.system("tenancy source", (tx) => changesAfter(tx, after)),
});
