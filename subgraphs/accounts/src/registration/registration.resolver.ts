import { systemCaller } from "@tollgate/kit";
import { Arg, Ctx, Mutation, type OperationContext, outcome, Query, Resolver } from "@tollgate/kit/graphql";
import { MailSent } from "../emails/mail-sent.js";
import { maskEmail } from "../emails/mails.js";
import type { SessionTokenIssuer } from "../sessions/issuer.js";
import type { SessionGrant } from "../sessions/sessions.js";
import { type Delivery, InvalidTokenProblem, SignedIn } from "../sign-in/sign-in.types.js";
import type { Accepting } from "./accepting.js";
import {
  AcceptInvitationInput,
  AcceptInvitationResult,
  RequestEmailVerificationInput,
  RequestEmailVerificationResult,
  SignUpInput,
  SignUpResult,
} from "./registration.types.js";
import { isSignUpOpen, type SigningUp } from "./sign-up.js";

const mailSent = (email: string): MailSent => Object.assign(new MailSent(), { to: maskEmail(email) });

const invalidToken = (): InvalidTokenProblem =>
  Object.assign(new InvalidTokenProblem(), {
    code: "UNAUTHENTICATED" as const,
    message: "This link was used already, or it is too old.",
  });

@Resolver()
export class RegistrationResolver {
  constructor(private readonly parts: { accepting: Accepting; signingUp: SigningUp; issuer: SessionTokenIssuer }) {}

  @Query(() => Boolean, {
    nullable: true,
    description: "Whether anybody may sign up without an invitation. Public.",
  })
  isSignUpOpen(@Ctx() context: OperationContext) {
    return context.readAs(systemCaller("sign-up", context.caller), isSignUpOpen);
  }

  @Mutation(() => SignUpResult as never, {
    nullable: true,
    description:
      "Creates a user and a CUSTOMER organisation below the operator. An e-mail that is taken gets the same answer and a mail saying so. Public.",
  })
  signUp(@Arg("input", () => SignUpInput) input: SignUpInput, @Ctx() context: OperationContext) {
    return outcome(SignUpResult, async () => {
      await this.parts.signingUp.signUp(context.caller, input);
      return mailSent(input.email);
    });
  }

  @Mutation(() => RequestEmailVerificationResult as never, {
    nullable: true,
    description: "A new verification mail for a fresh sign-up; always answers the same. Public.",
  })
  requestEmailVerification(
    @Arg("input", () => RequestEmailVerificationInput) input: RequestEmailVerificationInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(RequestEmailVerificationResult, async () => {
      await this.parts.signingUp.resend(context.caller, input.email);
      return mailSent(input.email);
    });
  }

  @Mutation(() => AcceptInvitationResult as never, {
    nullable: true,
    description:
      "A resumable saga: the user here and the membership in organisations, or neither; then signs in. Public: the token is the proof.",
  })
  acceptInvitation(
    @Arg("input", () => AcceptInvitationInput) input: AcceptInvitationInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(AcceptInvitationResult, async () => {
      const answer = await this.parts.accepting.accept(context.caller, input);
      if (answer.outcome === "INVALID") return invalidToken();
      return this.signedIn(context, answer.grant, input.delivery ?? "COOKIE");
    });
  }

  private async signedIn(context: OperationContext, grant: SessionGrant, delivery: Delivery): Promise<SignedIn> {
    const tokens = await this.parts.issuer.issue(grant);
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
