import { BUILT_IN_ROLES, PERMISSIONS, permissionsOfRole } from "@tollgate/organisations";

const KINDS = { INTERNAL: "operator", RESELLER: "reseller", CUSTOMER: "customer" } as const;

/** `docs/permissions.md`, drawn from the registry: every permission, where it means something, and which role holds it. */
export const permissionTable = (): string => {
  const names = BUILT_IN_ROLES.map(({ name }) => name);
  const held = BUILT_IN_ROLES.map(
    (role) => new Set(permissionsOfRole(role, "INTERNAL").map((permission) => permission.key)),
  );
  const rows = PERMISSIONS.map(({ key, sentence, kinds }) => {
    const where = kinds.length === 3 ? "everybody" : kinds.map((kind) => KINDS[kind]).join(", ");
    return `| \`${key}\` | ${sentence} | ${where} | ${held.map((keys) => (keys.has(key) ? "✓" : "")).join(" | ")} |`;
  });
  return [
    "# Permissions",
    "",
    "Generated from the registry in `subgraphs/organisations/src/roles/permissions.ts` by `npm run generate`.",
    "*Of* says which kinds of organisation a permission means anything in; a role holds it there only.",
    "",
    `| permission | what it allows | of | ${names.join(" | ")} |`,
    `| --- | --- | --- | ${names.map(() => ":-:").join(" | ")} |`,
    ...rows,
    "",
  ].join("\n");
};
