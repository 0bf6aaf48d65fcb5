import { leaveNoRecord, RateLimitedFault } from "@tollgate/kit";
import { Arg, Ctx, Mutation, type OperationContext, outcome, type Problem, Resolver } from "@tollgate/kit/graphql";
import type { SessionTokenIssuer } from "../sessions/issuer.js";
import { type Refreshed, refreshSession, type SessionGrant } from "../sessions/sessions.js";
import type { UserRow } from "../users/users.js";
import type { ChallengeRow } from "./challenges.js";
import type { SignIn } from "./sign-in.js";
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

const challengeOf = (row: ChallengeRow, user: UserRow): Challenge =>
  Object.assign(new Challenge(), {
    id: row.id,
    channel: row.channel,
    destination: maskEmail(user.email),
    expiresAt: row.expiresAt,
    attemptsLeft: row.attemptsLeft,
    resendsLeft: row.resendsLeft,
    resendAllowedAt: row.resendAllowedAt,
    availableChannels: ["EMAIL" as const],
  });

@Resolver()
export class SignInResolver {
  constructor(
    private readonly signIns: SignIn,
    private readonly issuer: SessionTokenIssuer,
  ) {}

  @Mutation(() => SignInResult as never, {
    nullable: true,
    description:
      "First step of sign-in. Answer and duration are the same for a wrong password, an unknown e-mail and a lock-out. Public.",
  })
  signIn(@Arg("input", () => SignInInput) input: SignInInput, @Ctx() context: OperationContext) {
    return outcome(SignInResult, async () => {
      const answer = await this.signIns.withPassword(context.caller, input.email, input.password);
      context.wake();
      if (answer.outcome === "REFUSED")
        return refused(InvalidCredentialsProblem, "The e-mail or the password is wrong.", {});
      if (answer.outcome === "CHALLENGED") return challengeOf(answer.challenge, answer.user);
      return this.signedIn(context, answer.grant, input.delivery);
    });
  }

  @Mutation(() => VerifyChallengeResult as never, { nullable: true, description: "Second step: the code. Public." })
  verifyChallenge(
    @Arg("input", () => VerifyChallengeInput) input: VerifyChallengeInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(VerifyChallengeResult, async () => {
      const answer = await this.signIns.withCode(context.caller, input.challengeId, input.code);
      context.wake();
      if (answer.outcome === "UNKNOWN") return invalidToken();
      if (answer.outcome === "EXPIRED") {
        return refused(ExpiredCodeProblem, "This code is too old.", { resendsLeft: answer.resendsLeft });
      }
      if (answer.outcome === "WRONG_CODE") {
        return refused(InvalidCodeProblem, "This code is wrong.", { attemptsLeft: answer.attemptsLeft });
      }
      return this.signedIn(context, answer.grant, input.delivery);
    });
  }

  @Mutation(() => ResendChallengeResult as never, {
    nullable: true,
    description: "A new code, at most 3 times and 30 s apart. Public.",
  })
  resendChallenge(
    @Arg("input", () => ResendChallengeInput) input: ResendChallengeInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ResendChallengeResult, async () => {
      const answer = await this.signIns.resend(context.caller, input.challengeId);
      context.wake();
      if (answer.outcome === "UNKNOWN") return invalidToken();
      if (answer.outcome === "TOO_EARLY") {
        throw new RateLimitedFault(
          answer.retryAfterSeconds,
          `A new code can be sent in ${answer.retryAfterSeconds} seconds.`,
        );
      }
      return challengeOf(answer.challenge, answer.user);
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
  ): Promise<SignedIn> {
    const tokens = await this.issuer.issue(grant);
    const isCookie = delivery === "COOKIE";
    if (isCookie) context.extensions.session = tokens;
    return Object.assign(new SignedIn(), {
      userId: grant.userId,
      sessionId: grant.sessionId,
      accessToken: isCookie ? null : tokens.accessToken,
      accessTokenExpiresAt: new Date(tokens.accessTokenExpiresAt),
      refreshToken: isCookie ? null : tokens.refreshToken,
    });
  }
}
