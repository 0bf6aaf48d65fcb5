import {
  DateTime,
  EmailAddressScalar,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  ObjectType,
  Problem,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { MfaChannel } from "../users/users.types.js";

export const TokenDelivery = graphEnum(
  "TokenDelivery",
  "How tokens reach the client: browsers take COOKIE.",
  "COOKIE",
  "BEARER",
);
export type Delivery = keyof typeof TokenDelivery;

@ObjectType({
  description:
    "A one-time code on its way: 6 digits, 5 minutes, 5 tries. Its id is unguessable and is the only way to it.",
})
export class Challenge {
  @Field(() => ID)
  id: string;

  @Field(() => MfaChannel)
  channel: keyof typeof MfaChannel;

  @Field(() => String, { nullable: true, description: "Masked, such as j•••@example.com." })
  destination: string | null;

  @Field(() => DateTime)
  expiresAt: Date;

  @Field(() => Int)
  attemptsLeft: number;

  @Field(() => Int)
  resendsLeft: number;

  @Field(() => DateTime)
  resendAllowedAt: Date;

  @Field(() => [MfaChannel])
  availableChannels: (keyof typeof MfaChannel)[];

  @Field(() => Boolean, {
    description: "Whether the organisation lets devices be remembered; with COOKIE only.",
  })
  mayRememberDevice: boolean;

  @Field(() => Int, { description: "For how many days; 0 where it is not allowed." })
  rememberDeviceDays: number;
}

@ObjectType({
  description:
    "With COOKIE both tokens are null and travel in HttpOnly cookies; with BEARER they are shown once. No user: the request was anonymous, so ask me next.",
})
export class SignedIn {
  @Field(() => ID)
  userId: string;

  @Field(() => ID)
  sessionId: string;

  @Field(() => String, { nullable: true })
  accessToken: string | null;

  @Field(() => DateTime)
  accessTokenExpiresAt: Date;

  @Field(() => String, { nullable: true })
  refreshToken: string | null;
}

@ObjectType({
  implements: Problem,
  description: "Wrong e-mail or password, or locked out: never which (UNAUTHENTICATED).",
})
export class InvalidCredentialsProblem extends Problem {}

@ObjectType({
  implements: Problem,
  description: "Wrong one-time or recovery code; at 0 the challenge is gone (UNAUTHENTICATED).",
})
export class InvalidCodeProblem extends Problem {
  @Field(() => Int)
  attemptsLeft: number;
}

@ObjectType({
  implements: Problem,
  description: "The code's 5 minutes are over; resend or start again (UNAUTHENTICATED).",
})
export class ExpiredCodeProblem extends Problem {
  @Field(() => Int)
  resendsLeft: number;
}

@ObjectType({
  implements: Problem,
  description: "A link, invitation or refresh token that is unknown, used or too old: never which (UNAUTHENTICATED).",
})
export class InvalidTokenProblem extends Problem {}

export const SignInResult = resultUnion(
  "SignInResult",
  [SignedIn, Challenge],
  [InvalidCredentialsProblem, RateLimitedProblem],
);
export const VerifyChallengeResult = resultUnion(
  "VerifyChallengeResult",
  [SignedIn],
  [InvalidCodeProblem, ExpiredCodeProblem, InvalidTokenProblem, RateLimitedProblem],
);
export const ResendChallengeResult = resultUnion(
  "ResendChallengeResult",
  [Challenge],
  [InvalidTokenProblem, RateLimitedProblem],
);
export const RefreshSessionResult = resultUnion("RefreshSessionResult", [SignedIn], [InvalidTokenProblem]);

@InputType({ description: "delivery is COOKIE when left out." })
export class SignInInput {
  @Field(() => EmailAddressScalar)
  email: string;

  @Field(() => String)
  password: string;

  @Field(() => TokenDelivery, { nullable: true })
  delivery?: Delivery;
}

@InputType({
  description:
    "Exactly one of code and recoveryCode. rememberDevice: no code is asked for in this browser for as long as the organisation allows; with COOKIE only.",
})
export class VerifyChallengeInput {
  @Field(() => ID)
  challengeId: string;

  @Field(() => String, { nullable: true })
  code?: string;

  @Field(() => String, { nullable: true })
  recoveryCode?: string;

  @Field(() => Boolean, { nullable: true })
  rememberDevice?: boolean;

  @Field(() => TokenDelivery, { nullable: true })
  delivery?: Delivery;
}

@InputType()
export class ResendChallengeInput {
  @Field(() => ID)
  challengeId: string;

  @Field(() => MfaChannel, { nullable: true })
  channel?: keyof typeof MfaChannel;
}

@InputType()
export class RefreshSessionInput {
  @Field(() => String, { nullable: true })
  refreshToken?: string;
}
