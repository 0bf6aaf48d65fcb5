import { ERROR_CODES } from "../protocol/error-codes.js";

const CODES: ReadonlySet<string> = new Set(ERROR_CODES);
/** What says most about how well Tollgate does comes first. */
const GRAVE = ["INTERNAL", "UNAVAILABLE"];

/** One word for the codes of an operation's errors: `ok`, or the gravest of the closed set. */
export const outcomeOf = (codes: readonly string[]): string => {
  const known = codes.map((code) => (CODES.has(code) ? code : "INTERNAL"));
  return GRAVE.find((code) => known.includes(code)) ?? known[0] ?? "ok";
};
