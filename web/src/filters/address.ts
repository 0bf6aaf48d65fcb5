/** What pages read of an address; what is not understood is left out. */

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text has the form of an id. */
export const isId = (text: string): boolean => ID.test(text);

/** Whether it is a day of the calendar, such as 2026-02-28. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The part of an address that this key names, where it is a good one. */
export function textOf(
  address: Record<string, unknown>,
  key: string,
  isGood: (text: string) => boolean,
): Record<string, string> {
  const value = address[key];
  return typeof value === "string" && isGood(value) ? { [key]: value } : {};
}

/** Those of the known names that an address lists with commas, in the order in which they are known. */
export function listed<Name extends string>(known: readonly Name[], joined: unknown): Name[] {
  const named = new Set(typeof joined === "string" ? joined.split(",") : []);
  return known.filter((name) => named.has(name));
}

/** A list of names with one more, or without it where it is there already; as an address has it. */
export function toggled<Name extends string>(before: readonly Name[], name: Name): string {
  const after = before.includes(name) ? before.filter((other) => other !== name) : [...before, name];
  return after.join(",");
}
