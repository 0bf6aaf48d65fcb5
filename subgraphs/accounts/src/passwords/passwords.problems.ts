import { ProblemFault } from "@tollgate/kit/graphql";
import { type PasswordReason, WeakPasswordProblem } from "./passwords.types.js";

export type WeakReason = keyof typeof PasswordReason;

const SENTENCES: Readonly<Record<WeakReason, string>> = {
  TOO_SHORT: "It needs at least 8 characters.",
  TOO_LONG: "It may have 128 characters at most.",
  NO_UPPER_CASE: "It needs a capital letter.",
  NO_LOWER_CASE: "It needs a small letter.",
  NO_DIGIT: "It needs a digit.",
  NO_SPECIAL: "It needs a character that is neither letter nor digit.",
  COMMON: "It is one of the passwords that everybody tries first.",
  CONTAINS_PERSONAL_DATA: "It contains your name, your e-mail address or your organisation.",
  TOO_GUESSABLE: "It is too easy to guess; three or four words that have nothing to do with each other are better.",
  SAME_AS_OLD: "It is the password that you have now.",
};

/** A new password that is not good enough, with everything that is wrong with it. */
export class WeakPasswordFault extends ProblemFault {
  constructor(
    readonly reasons: readonly WeakReason[],
    /** zxcvbn's 0 to 4. */
    readonly score: number,
  ) {
    super("INVALID_INPUT", reasons.map((reason) => SENTENCES[reason]).join(" "));
  }

  problem(): WeakPasswordProblem {
    const { code, message, reasons, score } = this;
    return Object.assign(new WeakPasswordProblem(), { code, message, reasons: [...reasons], score });
  }
}
