import type { PasswordReason } from "../gql/graphql.js";

/** What can be told while somebody types; the server asks for the same and more. */
export const PASSWORD_RULES = [
  { reason: "TOO_SHORT", words: "8 characters or more", isMet: (text: string) => [...text].length >= 8 },
  { reason: "NO_UPPER_CASE", words: "a capital letter", isMet: (text: string) => /\p{Lu}/u.test(text) },
  { reason: "NO_LOWER_CASE", words: "a small letter", isMet: (text: string) => /\p{Ll}/u.test(text) },
  { reason: "NO_DIGIT", words: "a digit", isMet: (text: string) => /\p{Nd}/u.test(text) },
  {
    reason: "NO_SPECIAL",
    words: "something else, such as - or a space",
    isMet: (text: string) => /[^\p{L}\p{N}]/u.test(text),
  },
] as const satisfies readonly { reason: PasswordReason; words: string; isMet(text: string): boolean }[];

const REASONS: Record<PasswordReason, string> = {
  TOO_SHORT: "It needs at least 8 characters.",
  TOO_LONG: "It may have 128 characters at most.",
  NO_UPPER_CASE: "It needs a capital letter.",
  NO_LOWER_CASE: "It needs a small letter.",
  NO_DIGIT: "It needs a digit.",
  NO_SPECIAL: "It needs a character that is neither letter nor digit.",
  COMMON: "It is one of the passwords that everybody tries first.",
  CONTAINS_PERSONAL_DATA: "Leave out your name, your e-mail and your organisation.",
  TOO_GUESSABLE: "It is too easy to guess. Three or four words that have nothing to do with each other are better.",
  SAME_AS_OLD: "It is the password that you have now.",
};

/** Why the server refused a password, for the person; a reason that is newer than this page is left out. */
export function weakWords(reasons: readonly PasswordReason[]): string {
  const known = reasons.map((reason) => REASONS[reason]).filter((words) => words !== undefined);
  return known.length > 0 ? known.join(" ") : "This password is not good enough. Choose another one.";
}

/** What is wrong with a password before the server is asked; null when nothing can be seen. */
export function missingInPassword(text: string): string | null {
  if (text === "") return "Choose a password.";
  const missing = PASSWORD_RULES.filter(({ isMet }) => !isMet(text));
  return missing.length > 0 ? weakWords(missing.map(({ reason }) => reason)) : null;
}
