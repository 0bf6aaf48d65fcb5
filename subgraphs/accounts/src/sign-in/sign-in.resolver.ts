import { leaveNoRecord, RateLimitedFault } from "@tollgate/kit";
import { Arg, Ctx, Mutation, type OperationContext, outcome, type Problem, Resolver } from "@tollgate/kit/graphql";
import type { Channel } from "../factors/channels.js";
import type { DeviceToken } from "../factors/devices.js";
import type { SessionTokenIssuer } from "../sessions/issuer.js";
import { type Refreshed, refreshSession, type SessionGrant } from "../sessions/sessions.js";
import type { UserRow } from "../users/users.js";
import type { SecondStep } from "./second-step.js";
import type { OpenChallenge, SignIn } from "./sign-in.js";
import {
  Challenge,
  type Delivery,
  ExpiredCodeProblem,
  InvalidCodeProblem,
  InvalidCredentialsProblem,
  InvalidTokenProblem,
  RefreshSessionInput,
  RefreshSessionResult,
  ResendChallengeInput,
  ResendChallengeResult,
  SignedIn,
  SignInInput,
  SignInResult,
  VerifyChallengeInput,
  VerifyChallengeResult,
} from "./sign-in.types.js";

const refused = <P extends Problem>(type: new () => P, message: string, details: Omit<P, keyof Problem>): P =>
  Object.assign(new type(), { code: "UNAUTHENTICATED" as const, message }, details);

const invalidToken = () => refused(InvalidTokenProblem, "This has ended. Please start again.", {});

/** `john@example.com` as `j•••@example.com`. */
const maskEmail = (email: string) => email.replace(/^(.)[^@]*/, "$1•••");

/** `+27821234567` as `+27•••67`. */
const maskPhone = (phone: string) => phone.replace(/^(\+\d{2})\d*(\d{2})$/, "$1•••$2");

const destinationOf = (channel: Channel, { email, phone }: UserRow): string | null => {
  if (channel === "EMAIL") return maskEmail(email);
  return channel === "WHATSAPP" && phone !== null ? maskPhone(phone) : null;
};

const challengeOf = ({ challenge, user, channels, rememberDays }: OpenChallenge): Challenge =>
  Object.assign(new Challenge(), {
    id: challenge.id,
    channel: challenge.channel,
    destination: destinationOf(challenge.channel, user),
    expiresAt: challenge.expiresAt,
    attemptsLeft: challenge.attemptsLeft,
    resendsLeft: challenge.resendsLeft,
    resendAllowedAt: challenge.resendAllowedAt,
    availableChannels: [...channels],
    mayRememberDevice: rememberDays > 0,
    rememberDeviceDays: rememberDays,
  });

@Resolver()
export class SignInResolver {
  constructor(
    private readonly signIns: SignIn,
    private readonly secondSteps: SecondStep,
    private readonly issuer: SessionTokenIssuer,
  ) {}

  @Mutation(() => SignInResult as never, {
    nullable: true,
    description:
      "First step of sign-in. Answer and duration are the same for a wrong password, an unknown e-mail and a lock-out. Public.",
  })
  signIn(@Arg("input", () => SignInInput) input: SignInInput, @Ctx() context: OperationContext) {
    return outcome(SignInResult, async () => {
      const isCookie = (input.delivery ?? "COOKIE") === "COOKIE";
      const device = isCookie ? context.deviceToken : null;
      const answer = await this.signIns.withPassword(context.caller, input.email, input.password, device);
      context.wake();
      if (answer.outcome === "REFUSED")
        return refused(InvalidCredentialsProblem, "The e-mail or the password is wrong.", {});
      if (answer.outcome === "TOO_MANY_CODES")
        throw new RateLimitedFault(answer.retryAfterSeconds, "Too many codes were sent; try again later.");
      if (answer.outcome === "CHALLENGED") return challengeOf(answer);
      return this.signedIn(context, answer.grant, input.delivery);
    });
  }

  @Mutation(() => VerifyChallengeResult as never, {
    nullable: true,
    description: "Second step: a code, or one of the ten recovery codes. Public.",
  })
  verifyChallenge(
    @Arg("input", () => VerifyChallengeInput) input: VerifyChallengeInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(VerifyChallengeResult, async () => {
      const { challengeId, code = null, recoveryCode = null, delivery } = input;
      const rememberDevice = input.rememberDevice === true && (delivery ?? "COOKIE") === "COOKIE";
      const answer = await this.secondSteps.verify(context.caller, { challengeId, code, recoveryCode, rememberDevice });
      context.wake();
      if (answer.outcome === "UNKNOWN") return invalidToken();
      if (answer.outcome === "EXPIRED") {
        return refused(ExpiredCodeProblem, "This code is too old.", { resendsLeft: answer.resendsLeft });
      }
      if (answer.outcome === "WRONG_CODE") {
        return refused(InvalidCodeProblem, "This code is wrong.", { attemptsLeft: answer.attemptsLeft });
      }
      return this.signedIn(context, answer.grant, delivery, answer.device);
    });
  }

  @Mutation(() => ResendChallengeResult as never, {
    nullable: true,
    description: "A new code, at most 3 times and 30 s apart, on the same or another channel of the user. Public.",
  })
  resendChallenge(
    @Arg("input", () => ResendChallengeInput) input: ResendChallengeInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ResendChallengeResult, async () => {
      const answer = await this.secondSteps.resend(context.caller, input.challengeId, input.channel ?? null);
      context.wake();
      if (answer.outcome === "UNKNOWN") return invalidToken();
      if (answer.outcome === "TOO_EARLY") {
        throw new RateLimitedFault(
          answer.retryAfterSeconds,
          `A new code can be sent in ${answer.retryAfterSeconds} seconds.`,
        );
      }
      return challengeOf(answer);
    });
  }

  @Mutation(() => RefreshSessionResult as never, {
    nullable: true,
    description:
      "Rotates the refresh token (from the cookie when none is given). A rotated token seen again ends the session's whole family. Public.",
  })
  refreshSession(
    @Arg("input", () => RefreshSessionInput) input: RefreshSessionInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(RefreshSessionResult, async () => {
      leaveNoRecord("a session that goes on every few minutes tells nothing new; one that is taken over is recorded");
      const token = input.refreshToken ?? context.refreshToken;
      const refreshed: Refreshed =
        token === null ? { outcome: "INVALID" } : await this.issuer.refresh(context.caller, token, refreshSession);
      context.wake();
      const delivery: Delivery = input.refreshToken ? "BEARER" : "COOKIE";
      if (refreshed.outcome === "RENEWED") return this.signedIn(context, refreshed.grant, delivery);
      if (delivery === "COOKIE") context.extensions.session = null;
      return invalidToken();
    });
  }

  private async signedIn(
    context: OperationContext,
    grant: SessionGrant,
    delivery: Delivery = "COOKIE",
    device: DeviceToken | null = null,
  ): Promise<SignedIn> {
    const tokens = await this.issuer.issue(grant);
    const isCookie = delivery === "COOKIE";
    const remembered = device && { device: { token: device.token, expiresAt: device.expiresAt.getTime() } };
    if (isCookie) context.extensions.session = { ...tokens, ...remembered };
    return Object.assign(new SignedIn(), {
      userId: grant.userId,
      sessionId: grant.sessionId,
      accessToken: isCookie ? null : tokens.accessToken,
      accessTokenExpiresAt: new Date(tokens.accessTokenExpiresAt),
      refreshToken: isCookie ? null : tokens.refreshToken,
    });
  }
}
