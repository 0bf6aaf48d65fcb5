import {
  EmailAddressScalar,
  Field,
  graphEnum,
  InputType,
  Int,
  InvalidInputProblem,
  ObjectType,
  Problem,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { MailSent } from "../emails/mail-sent.js";
import { InvalidCredentialsProblem, InvalidTokenProblem } from "../sign-in/sign-in.types.js";

export const PasswordReason = graphEnum(
  "PasswordReason",
  "Why a password was refused.",
  "TOO_SHORT",
  "TOO_LONG",
  "NO_UPPER_CASE",
  "NO_LOWER_CASE",
  "NO_DIGIT",
  "NO_SPECIAL",
  "COMMON",
  "CONTAINS_PERSONAL_DATA",
  "TOO_GUESSABLE",
  "SAME_AS_OLD",
);

@ObjectType({
  implements: Problem,
  description: "Password refused (INVALID_INPUT); score is zxcvbn's 0-4 and must be 3.",
})
export class WeakPasswordProblem extends Problem {
  @Field(() => [PasswordReason])
  reasons: (keyof typeof PasswordReason)[];

  @Field(() => Int)
  score: number;
}

@ObjectType({ description: "How many sessions the change ended." })
export class PasswordChanged {
  @Field(() => Int)
  sessionsEnded: number;
}

export const RequestPasswordResetResult = resultUnion(
  "RequestPasswordResetResult",
  [MailSent],
  [InvalidInputProblem, RateLimitedProblem],
);
export const PasswordResult = resultUnion(
  "PasswordResult",
  [PasswordChanged],
  [InvalidTokenProblem, InvalidCredentialsProblem, WeakPasswordProblem, RateLimitedProblem],
);

@InputType()
export class RequestPasswordResetInput {
  @Field(() => EmailAddressScalar)
  email: string;
}

@InputType()
export class ResetPasswordInput {
  @Field(() => String)
  token: string;

  @Field(() => String)
  newPassword: string;
}

@InputType()
export class ChangePasswordInput {
  @Field(() => String)
  currentPassword: string;

  @Field(() => String)
  newPassword: string;
}
