import type { OrganisationKind } from "@tollgate/kit/protocol";
import { PERMISSIONS, type PermissionDefinition } from "./permissions.js";

export type BuiltInRoleName = "owner" | "admin" | "billing" | "technical" | "support" | "viewer";

export interface RoleDefinition {
  id: string;
  name: string;
  description: string | null;
  isBuiltIn: boolean;
  holds(permission: PermissionDefinition): boolean;
}

interface BuiltInRole extends RoleDefinition {
  name: BuiltInRoleName;
}

const ofResources =
  (resources: readonly string[], further: readonly string[]) =>
  ({ key, resource }: PermissionDefinition) =>
    resources.includes(resource) || further.includes(key);

const ADMIN_LACKS = ["organisation:close", "topUp:refund", "price:manage", "ledger:verify"];
const VIEWER_LACKS = ["audit", "apiKey", "signInAttempt"];

/** Every member sees its own organisation: without it no page could say where it stands. */
const ALWAYS = ["organisation:read"];

const DEFINITIONS: readonly Omit<BuiltInRole, "isBuiltIn">[] = [
  {
    id: "01900000-0000-7000-8000-000000000001",
    name: "owner",
    description: "Everything that the organisation may do.",
    holds: () => true,
  },
  {
    id: "01900000-0000-7000-8000-000000000002",
    name: "admin",
    description: "Everything but closing, erasing, refunds, prices and the ledger.",
    holds: ({ key, action }) => action !== "erase" && !ADMIN_LACKS.includes(key),
  },
  {
    id: "01900000-0000-7000-8000-000000000003",
    name: "billing",
    description: "Wallet, top-ups, quotes, orders, invoices, usage and the catalogue.",
    holds: ofResources(
      ["wallet", "topUp", "quote", "order", "invoice", "usage", "catalogue"],
      ["promotion:read", "price:read", ...ALWAYS],
    ),
  },
  {
    id: "01900000-0000-7000-8000-000000000004",
    name: "technical",
    description: "Machines, alerts, ingest and workloads.",
    holds: ofResources(["vm", "alert", "incident", "ingest", "workload"], ["order:read", "usage:read", ...ALWAYS]),
  },
  {
    id: "01900000-0000-7000-8000-000000000005",
    name: "support",
    description: "Conversations with contacts, and what is needed to answer them.",
    holds: ofResources(
      ["conversation", "message", "contact", "template", "schedule", "incident"],
      ["whatsapp:read", "vm:read", ...ALWAYS],
    ),
  },
  {
    id: "01900000-0000-7000-8000-000000000006",
    name: "viewer",
    description: "Sees everything but the audit trail, API keys and sign-in attempts; changes nothing.",
    holds: ({ resource, action }) => action === "read" && !VIEWER_LACKS.includes(resource),
  },
];

/** Built-in roles under ids that never change. What a role holds is bounded by the kind of the organisation. */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = DEFINITIONS.map((role) => ({ ...role, isBuiltIn: true }));

/** The built-in role under an id; null for any other id. */
export const builtInRole = (id: string): RoleDefinition | null => BUILT_IN_ROLES.find((role) => role.id === id) ?? null;

export const builtInRoleByName = (name: BuiltInRoleName): RoleDefinition => {
  const role = BUILT_IN_ROLES.find((candidate) => candidate.name === name);
  if (!role) throw new Error(`no built-in role ${name}`);
  return role;
};

export const OWNER = builtInRoleByName("owner");

/** What a role allows in an organisation of this kind. */
export const permissionsOfRole = (role: RoleDefinition, kind: OrganisationKind): PermissionDefinition[] =>
  PERMISSIONS.filter((permission) => permission.kinds.includes(kind) && role.holds(permission));

/** Keys of everything that the roles allow together, sorted. */
export const permissionsOfRoles = (roles: readonly RoleDefinition[], kind: OrganisationKind): string[] =>
  [...new Set(roles.flatMap((role) => permissionsOfRole(role, kind).map((permission) => permission.key)))].sort();
