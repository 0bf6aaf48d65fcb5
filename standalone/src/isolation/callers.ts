import type { AccessClaims } from "@tollgate/kit/protocol";
import { BUILT_IN_ROLES, permissionsOfRole } from "@tollgate/organisations";
import { idOf, type Organisation } from "./tree.js";

/** Somebody who asks: a member with one role, an API key, or nobody known. */
export interface Asker {
  /** Such as `customer/owner`; also what it shows to the gateway in place of a token. */
  name: string;
  organisation: Organisation;
  role: string;
  /** Null for somebody who is not signed in. */
  permissions: readonly string[] | null;
  claims: AccessClaims | null;
}

const asker = (organisation: Organisation, role: string, permissions: readonly string[], isKey = false): Asker => ({
  name: `${organisation.name}/${role}`,
  organisation,
  role,
  permissions,
  claims: {
    sub: idOf(organisation, isKey ? "api_key" : "user"),
    sid: idOf(organisation, "session"),
    org: organisation.id,
    kind: organisation.kind,
    permissions: [...permissions].sort(),
    permissionsVersion: 1,
    exp: Math.floor(Date.now() / 1_000) + 3_600,
    ...(isKey && { apiKey: { requestsPerMinute: 1_000_000 } }),
  },
});

const ofRole = (organisation: Organisation, name: string): string[] =>
  BUILT_IN_ROLES.filter((role) => role.name === name).flatMap((role) =>
    permissionsOfRole(role, organisation.kind).map(({ key }) => key),
  );

/** Whoever may do everything that its organisation may do. */
export const ownerOf = (organisation: Organisation): Asker =>
  asker(organisation, "owner", ofRole(organisation, "owner"));

export const anonymous = (organisation: Organisation): Asker => ({
  name: `${organisation.name}/anonymous`,
  organisation,
  role: "anonymous",
  permissions: null,
  claims: null,
});

/** The owner, each other built-in role, a role that allows nothing, an API key that may do everything, and nobody known. */
export const askersOf = (organisation: Organisation): Asker[] => [
  ...BUILT_IN_ROLES.map(({ name }) => asker(organisation, name, ofRole(organisation, name))),
  asker(organisation, "nothing", []),
  asker(organisation, "key", ofRole(organisation, "owner"), true),
  anonymous(organisation),
];
