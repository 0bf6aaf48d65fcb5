/** One value that became another. */
export interface Change {
  /** Keys that lead to it, joined by dots. */
  path: string;
  before: string | null;
  after: string | null;
}

const MOST = 200;

/** What differs between two values, value by value, in the order of their keys. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const [old, next] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...old.keys(), ...next.keys()])];
  return paths.slice(0, MOST).flatMap((path) => {
    const change = { path, before: old.get(path) ?? null, after: next.get(path) ?? null };
    return change.before === change.after ? [] : [change];
  });
}

function leavesOf(value: unknown, path = "", leaves = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (path !== "") leaves.set(path, "none");
    return leaves;
  }
  if (typeof value !== "object") return leaves.set(path || "value", String(value));
  const entries = Object.entries(value);
  if (entries.length === 0 && path !== "") leaves.set(path, "empty");
  for (const [key, entry] of entries) leavesOf(entry, path === "" ? key : `${path}.${key}`, leaves);
  return leaves;
}
