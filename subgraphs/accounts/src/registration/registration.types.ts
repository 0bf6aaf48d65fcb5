import {
  ConflictProblem,
  EmailAddressScalar,
  Field,
  ForbiddenProblem,
  InputType,
  InvalidInputProblem,
  LocaleScalar,
  PhoneNumberScalar,
  RateLimitedProblem,
  resultUnion,
  TimeZoneScalar,
} from "@tollgate/kit/graphql";
import { MailSent } from "../emails/mail-sent.js";
import { WeakPasswordProblem } from "../passwords/passwords.types.js";
import { type Delivery, InvalidTokenProblem, SignedIn, TokenDelivery } from "../sign-in/sign-in.types.js";

export const SignUpResult = resultUnion(
  "SignUpResult",
  [MailSent],
  [WeakPasswordProblem, InvalidInputProblem, ForbiddenProblem, RateLimitedProblem],
);
export const AcceptInvitationResult = resultUnion(
  "AcceptInvitationResult",
  [SignedIn],
  [InvalidTokenProblem, WeakPasswordProblem, InvalidInputProblem, ConflictProblem, RateLimitedProblem],
);
export const RequestEmailVerificationResult = resultUnion(
  "RequestEmailVerificationResult",
  [MailSent],
  [InvalidInputProblem, RateLimitedProblem],
);

@InputType()
export class SignUpInput {
  @Field(() => EmailAddressScalar)
  email: string;

  @Field(() => String)
  password: string;

  @Field(() => String)
  displayName: string;

  @Field(() => String)
  organisationName: string;

  @Field(() => LocaleScalar, { nullable: true })
  locale?: string;

  @Field(() => TimeZoneScalar, { nullable: true })
  timeZone?: string;
}

@InputType()
export class AcceptInvitationInput {
  @Field(() => String)
  token: string;

  @Field(() => String)
  password: string;

  @Field(() => String)
  displayName: string;

  @Field(() => PhoneNumberScalar, { nullable: true })
  phone?: string;

  @Field(() => LocaleScalar, { nullable: true })
  locale?: string;

  @Field(() => TimeZoneScalar, { nullable: true })
  timeZone?: string;

  @Field(() => TokenDelivery, { nullable: true })
  delivery?: Delivery;
}

@InputType()
export class RequestEmailVerificationInput {
  @Field(() => EmailAddressScalar)
  email: string;
}
