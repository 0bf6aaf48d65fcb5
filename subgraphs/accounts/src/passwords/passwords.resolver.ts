import { leaveNoRecord, requirePerson } from "@tollgate/kit";
import { Arg, Ctx, Directive, Mutation, type OperationContext, outcome, Resolver } from "@tollgate/kit/graphql";
import { maskEmail } from "../emails/mails.js";
import { changePassword, type PasswordTools } from "./passwords.js";
import {
  ChangePasswordInput,
  PasswordResult,
  RequestPasswordResetInput,
  RequestPasswordResetResult,
  ResetPasswordInput,
} from "./passwords.types.js";
import type { PasswordResets } from "./resets.js";

@Resolver()
export class PasswordsResolver {
  constructor(
    private readonly tools: PasswordTools,
    private readonly resets: PasswordResets,
  ) {}

  @Mutation(() => RequestPasswordResetResult as never, {
    nullable: true,
    description: "Always answers the same, whether the e-mail exists or not. Public.",
  })
  requestPasswordReset(
    @Arg("input", () => RequestPasswordResetInput) { email }: RequestPasswordResetInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(RequestPasswordResetResult, async () => {
      leaveNoRecord("whether it is about anybody is known only where the link is sent; that is recorded");
      await this.resets.request(context.caller, email);
      context.wake();
      return { to: maskEmail(email) };
    });
  }

  @Mutation(() => PasswordResult as never, {
    nullable: true,
    description: "Token is single use, 30 minutes. Ends all sessions. Public.",
  })
  resetPassword(
    @Arg("input", () => ResetPasswordInput) { token, newPassword }: ResetPasswordInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(PasswordResult, async () => {
      const sessionsEnded = await this.resets.reset(context.caller, token, newPassword);
      context.wake();
      return { sessionsEnded };
    });
  }

  @Directive("@authenticated")
  @Mutation(() => PasswordResult as never, {
    nullable: true,
    description: "Asks for the current one; all other sessions end.",
  })
  changePassword(
    @Arg("input", () => ChangePasswordInput) { currentPassword, newPassword }: ChangePasswordInput,
    @Ctx() context: OperationContext,
  ) {
    const caller = requirePerson(context.caller);
    return outcome(PasswordResult, async () => {
      const sessionsEnded = await changePassword(this.tools, caller, currentPassword, newPassword);
      context.wake();
      return { sessionsEnded };
    });
  }
}
