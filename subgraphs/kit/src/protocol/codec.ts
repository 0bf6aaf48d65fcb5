/**
 * The one JSON codec for the outbox, jobs, logs and audit: bigints, dates and bytes survive the round trip.
 * Each is written as an object with a single `$` key; plain objects that look like one are escaped.
 */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const isTagged = (value: object): boolean => {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0]?.startsWith("$") === true;
};

const tag = (value: unknown): Json => {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return { $bigint: value.toString() };
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new TypeError(`${value} has no place in JSON`);
  }
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(tag);
  if (typeof value !== "object") throw new TypeError(`A ${typeof value} has no place in JSON`);
  const plain = Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([key, entry]) => [key, tag(entry)]),
  );
  return isTagged(plain) ? { $object: plain } : plain;
};

/** Values as JSON.parse gives them, with bigints, dates and bytes restored. */
export const revive = (value: unknown): unknown => {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(revive);
  const [only] = Object.entries(value);
  if (only && isTagged(value)) {
    const [key, content] = only;
    if (key === "$bigint") return BigInt(String(content));
    if (key === "$date") return new Date(String(content));
    if (key === "$bytes") return new Uint8Array(Buffer.from(String(content), "base64"));
    if (key === "$object") return reviveEntries(content as object); // written by `tag` above, so an object
  }
  return reviveEntries(value);
};

const reviveEntries = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revive(entry)]));

/** JSON text of a value. Throws on functions, symbols, NaN and infinities. */
export const encode = (value: unknown): string => JSON.stringify(tag(value));

/** The value behind a text made by `encode`. */
export const decode = (text: string): unknown => revive(JSON.parse(text));
