export interface PermissionGroup {
  resource: string;
  permissions: string[];
}

/** Permissions by what they are about, both in order. */
export function groupsOf(permissions: readonly string[]): PermissionGroup[] {
  const groups = new Map<string, string[]>();
  for (const permission of [...permissions].sort()) {
    const [resource = ""] = permission.split(":");
    groups.set(resource, [...(groups.get(resource) ?? []), permission]);
  }
  return [...groups].map(([resource, keys]) => ({ resource, permissions: keys }));
}

/** `serviceSubscription` as people read it. */
export function resourceWords(resource: string): string {
  if (resource === "apiKey") return "API key";
  const words = resource.replace(/([A-Z])/g, " $1").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
