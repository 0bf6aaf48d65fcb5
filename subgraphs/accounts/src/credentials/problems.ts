import { ProblemFault } from "@tollgate/kit/graphql";
import { InvalidCredentialsProblem } from "../sign-in/sign-in.types.js";

/** Wrong e-mail or password, or locked out: never which. */
export class InvalidCredentialsFault extends ProblemFault {
  constructor(message = "The password is wrong.") {
    super("UNAUTHENTICATED", message);
  }

  problem(): InvalidCredentialsProblem {
    return Object.assign(new InvalidCredentialsProblem(), { code: this.code, message: this.message });
  }
}
