import type { SignInOutcome } from "../gql/graphql.js";

const WORDS: Record<SignInOutcome, string> = {
  SUCCEEDED: "Signed in",
  CHALLENGED: "Password right, code sent",
  WRONG_PASSWORD: "Wrong password",
  UNKNOWN_EMAIL: "Unknown e-mail",
  WRONG_CODE: "Wrong code",
  EXPIRED_CODE: "Code too old",
  LOCKED_OUT: "Locked out",
  DEACTIVATED: "Deactivated",
  UNVERIFIED: "E-mail not confirmed",
  TOKEN_REUSED: "Used a copied session",
};

/** What became of an attempt, in words. */
export const outcomeWord = (outcome: SignInOutcome): string => WORDS[outcome];
