import { createHash } from "node:crypto";
import { sameDigest } from "./digests.js";

/** What PayWeb3 calls the digest that stands last in every form. */
const CHECKSUM = "CHECKSUM";

/** Fields of a form in the order in which they are sent, which counts. */
export type FormFields = Readonly<Record<string, string>>;

/** MD5 of all values one after the other, and the key: weak, so that nothing is credited on its word alone. */
export const checksumOf = (values: Iterable<string>, key: string): string =>
  createHash("md5")
    .update([...values, key].join(""))
    .digest("hex");

/** A form as PayWeb3 takes it, checksum included. */
export const sealedForm = (fields: FormFields, key: string): URLSearchParams =>
  new URLSearchParams([...Object.entries(fields), [CHECKSUM, checksumOf(Object.values(fields), key)]]);

/** A form as it came. @returns null when a field is there twice: nobody could say which one counts. */
export const readForm = (text: string): ReadonlyMap<string, string> | null => {
  const pairs = [...new URLSearchParams(text)];
  const fields = new Map(pairs);
  return fields.size === pairs.length ? fields : null;
};

/** Whether the checksum is that of all other fields, in the order in which they came. */
export const isSealed = (fields: ReadonlyMap<string, string>, key: string): boolean => {
  const values = [...fields].filter(([name]) => name !== CHECKSUM).map(([, value]) => value);
  return sameDigest(fields.get(CHECKSUM) ?? "", checksumOf(values, key));
};
