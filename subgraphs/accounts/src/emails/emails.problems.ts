import { ProblemFault } from "@tollgate/kit/graphql";
import { InvalidTokenProblem } from "../sign-in/sign-in.types.js";

/** A link that is unknown, used, outdated or too old: never which. */
export class InvalidTokenFault extends ProblemFault {
  constructor(message = "This link has ended. Please ask for a new one.") {
    super("UNAUTHENTICATED", message);
  }

  problem(): InvalidTokenProblem {
    return Object.assign(new InvalidTokenProblem(), { code: this.code, message: this.message });
  }
}
