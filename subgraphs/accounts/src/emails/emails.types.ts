import {
  ConflictProblem,
  EmailAddressScalar,
  Field,
  InputType,
  InvalidInputProblem,
  ObjectType,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { InvalidCredentialsProblem, InvalidTokenProblem } from "../sign-in/sign-in.types.js";
import { MailSent } from "./mail-sent.js";

@ObjectType({ description: "This address is verified now." })
export class EmailVerified {
  @Field(() => EmailAddressScalar)
  email: string;
}

export const RequestEmailChangeResult = resultUnion(
  "RequestEmailChangeResult",
  [MailSent],
  [InvalidCredentialsProblem, InvalidInputProblem, RateLimitedProblem],
);
export const VerifyEmailResult = resultUnion(
  "VerifyEmailResult",
  [EmailVerified],
  [InvalidTokenProblem, ConflictProblem],
);

@InputType()
export class RequestEmailChangeInput {
  @Field(() => EmailAddressScalar)
  newEmail: string;

  @Field(() => String)
  password: string;
}

@InputType()
export class VerifyEmailInput {
  @Field(() => String)
  token: string;
}
