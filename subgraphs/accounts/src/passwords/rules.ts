import { WeakPasswordFault, type WeakReason } from "./passwords.problems.js";
import { PasswordScorer } from "./scorer.js";

export const SHORTEST_PASSWORD = 8;
/** In UTF-16 units, as signing in counts: argon2 takes longer texts slowly. */
export const LONGEST_PASSWORD = 128;
const LEAST_SCORE = 3;
/** Parts of a name or an address that are shorter stand in many good passwords by chance. */
const SHORTEST_PART = 4;

/** Whose password it is to be. */
export interface PasswordOwner {
  email: string;
  displayName: string;
  organisationName?: string;
}

const scorer = new PasswordScorer();

/**
 * Checks a new password by all rules at once. Never within a transaction: it is scored in another thread.
 * @returns zxcvbn's score, 3 or 4.
 * @throws WeakPasswordFault with every reason; RateLimitedFault when too many are checked at once.
 */
export const checkPassword = async (password: string, owner: PasswordOwner): Promise<number> => {
  const known = [owner.email, owner.displayName, owner.organisationName ?? ""].filter((text) => text !== "");
  const { score, isCommon } = await scorer.score(password, [...known, ...partsOf(owner)]);
  const reasons: WeakReason[] = [
    ...formReasons(password),
    ...(isCommon ? ["COMMON" as const] : []),
    ...(containsPersonalData(password, owner) ? ["CONTAINS_PERSONAL_DATA" as const] : []),
    ...(score < LEAST_SCORE ? ["TOO_GUESSABLE" as const] : []),
  ];
  if (reasons.length > 0) throw new WeakPasswordFault(reasons, score);
  return score;
};

const FORMS: readonly [WeakReason, (password: string) => boolean][] = [
  ["TOO_SHORT", (password) => [...password].length < SHORTEST_PASSWORD],
  ["TOO_LONG", (password) => password.length > LONGEST_PASSWORD],
  ["NO_UPPER_CASE", (password) => !/\p{Lu}/u.test(password)],
  ["NO_LOWER_CASE", (password) => !/\p{Ll}/u.test(password)],
  ["NO_DIGIT", (password) => !/\p{Nd}/u.test(password)],
  ["NO_SPECIAL", (password) => !/[^\p{L}\p{N}]/u.test(password)],
];

/** What can be seen without a dictionary; the web app shows the same while one types. */
const formReasons = (password: string): WeakReason[] =>
  FORMS.filter(([, isBroken]) => isBroken(password)).map(([reason]) => reason);

const partsOf = ({ email, displayName, organisationName = "" }: PasswordOwner): string[] => {
  const words = [email.split("@", 1)[0] ?? "", displayName, organisationName].flatMap((text) =>
    text.toLowerCase().split(/[^\p{L}\p{N}]+/u),
  );
  return [...new Set(words)].filter((word) => [...word].length >= SHORTEST_PART);
};

const containsPersonalData = (password: string, owner: PasswordOwner): boolean => {
  const text = password.toLowerCase();
  const whole = [owner.email, owner.displayName, owner.organisationName ?? ""].map((known) =>
    known.trim().toLowerCase(),
  );
  return whole.some((known) => known !== "" && text === known) || partsOf(owner).some((part) => text.includes(part));
};
