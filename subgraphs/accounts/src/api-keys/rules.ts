import { ForbiddenFault, InvalidInputFault, type RefusedField, type UserCaller } from "@tollgate/kit";
import { isRange } from "./addresses.js";

/** Without a rate of its own a key may ask this often. */
const USUAL_RATE = 600;
/** What any caller of the gateway may ask in a minute. */
const HIGHEST_RATE = 6_000;
const LONGEST_NAME = 80;
const MOST_PERMISSIONS = 200;
const MOST_ADDRESSES = 50;
const LONGEST_OVERLAP_MINUTES = 7 * 24 * 60;

export interface KeyWishes {
  name: string;
  permissions: readonly string[];
  expiresAt?: Date | null | undefined;
  allowedAddresses?: readonly string[] | null | undefined;
  requestsPerMinute?: number | null | undefined;
}

/** What a new key is, brought into order. */
export interface KeyTerms {
  name: string;
  /** Sorted, each once. */
  permissions: string[];
  expiresAt: Date | null;
  allowedAddresses: string[];
  requestsPerMinute: number;
}

/** @throws InvalidInputFault with all that is wrong. */
export const termsOf = (wishes: KeyWishes, now: Date): KeyTerms => {
  const terms: KeyTerms = {
    name: wishes.name.trim(),
    permissions: [...new Set(wishes.permissions)].sort(),
    expiresAt: wishes.expiresAt ?? null,
    allowedAddresses: [...new Set((wishes.allowedAddresses ?? []).map((range) => range.trim()))],
    requestsPerMinute: wishes.requestsPerMinute ?? USUAL_RATE,
  };
  const refused = [...complaints(terms, now)];
  if (refused.length > 0) throw new InvalidInputFault(refused);
  return terms;
};

function* complaints(terms: KeyTerms, now: Date): Generator<RefusedField> {
  const field = (path: string[], reason: string, message: string): RefusedField => ({ path, reason, message });
  if (terms.name === "") yield field(["name"], "TOO_SHORT", "Give the key a name.");
  if (terms.name.length > LONGEST_NAME)
    yield field(["name"], "TOO_LONG", `A name has at most ${LONGEST_NAME} characters.`);
  if (terms.permissions.length === 0) yield field(["permissions"], "TOO_SHORT", "Choose what the key may do.");
  if (terms.permissions.length > MOST_PERMISSIONS)
    yield field(["permissions"], "TOO_LONG", `A key has at most ${MOST_PERMISSIONS} permissions.`);
  if (terms.expiresAt && terms.expiresAt <= now) yield field(["expiresAt"], "PAST", "Choose a time that is to come.");
  if (terms.allowedAddresses.length > MOST_ADDRESSES)
    yield field(["allowedAddresses"], "TOO_LONG", `A key has at most ${MOST_ADDRESSES} address ranges.`);
  for (const [at, range] of terms.allowedAddresses.entries()) {
    const message = "Write an address or a CIDR range, such as 192.0.2.0/24.";
    if (!isRange(range)) yield field(["allowedAddresses", `${at}`], "MALFORMED", message);
  }
  if (terms.requestsPerMinute < 1 || terms.requestsPerMinute > HIGHEST_RATE)
    yield field(["requestsPerMinute"], "OUT_OF_RANGE", `Choose 1 to ${HIGHEST_RATE} requests a minute.`);
}

/** Minutes that the old secret works on. @throws InvalidInputFault */
export const overlapOf = (minutes: number): number => {
  if (minutes >= 0 && minutes <= LONGEST_OVERLAP_MINUTES) return minutes;
  const message = `The old secret can work on for 0 to ${LONGEST_OVERLAP_MINUTES} minutes.`;
  throw InvalidInputFault.of("overlapMinutes", "OUT_OF_RANGE", message);
};

/** Who is shown a secret may do all that it may. @throws ForbiddenFault for the first permission that is missing. */
export const requireEach = (caller: UserCaller, permissions: readonly string[]): void => {
  const missing = permissions.find((permission) => !caller.permissions.has(permission));
  if (missing === undefined) return;
  throw new ForbiddenFault(`A key may do no more than you: you lack ${missing}.`, "MISSING_PERMISSION", missing);
};
