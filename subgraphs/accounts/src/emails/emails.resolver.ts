import { type RequestOrigin, requirePerson } from "@tollgate/kit";
import { Arg, Ctx, Directive, Mutation, type OperationContext, outcome, Resolver } from "@tollgate/kit/graphql";
import type { EmailChanges } from "./changes.js";
import { InvalidTokenFault } from "./emails.problems.js";
import {
  RequestEmailChangeInput,
  RequestEmailChangeResult,
  VerifyEmailInput,
  VerifyEmailResult,
} from "./emails.types.js";
import { maskEmail } from "./mails.js";

/** Does what a link was sent for; null when it does not know the token. */
export type OpenLink = (origin: RequestOrigin, token: string) => Promise<{ email: string } | null>;

@Resolver()
export class EmailsResolver {
  constructor(
    private readonly changes: EmailChanges,
    /** Asked one after the other: each knows the tokens that it sent. */
    private readonly links: readonly OpenLink[],
  ) {}

  @Directive("@authenticated")
  @Mutation(() => RequestEmailChangeResult as never, {
    nullable: true,
    description: "Sends a link to the new address; nothing changes before it is opened (verifyEmail).",
  })
  requestEmailChange(
    @Arg("input", () => RequestEmailChangeInput) { newEmail, password }: RequestEmailChangeInput,
    @Ctx() context: OperationContext,
  ) {
    const caller = requirePerson(context.caller);
    return outcome(RequestEmailChangeResult, async () => {
      await this.changes.request(caller, newEmail, password);
      context.wake();
      return { to: maskEmail(newEmail) };
    });
  }

  @Mutation(() => VerifyEmailResult as never, {
    nullable: true,
    description: "Confirms a new user's e-mail or a change of e-mail. Public: the token is the proof.",
  })
  verifyEmail(@Arg("input", () => VerifyEmailInput) { token }: VerifyEmailInput, @Ctx() context: OperationContext) {
    return outcome(VerifyEmailResult, async () => {
      for (const open of this.links) {
        const verified = await open(context.caller, token);
        if (verified === null) continue;
        context.wake();
        return verified;
      }
      throw new InvalidTokenFault();
    });
  }
}
