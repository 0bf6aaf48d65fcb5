import { requirePerson } from "@tollgate/kit";
import { Arg, Ctx, Directive, Mutation, type OperationContext, outcome, Resolver } from "@tollgate/kit/graphql";
import { updateProfile } from "./profile.js";
import { UpdateProfileInput } from "./profile.types.js";
import { UserResult } from "./user-result.js";

@Resolver()
export class ProfileResolver {
  @Directive("@authenticated")
  @Mutation(() => UserResult as never, {
    nullable: true,
    description: "One's own name, phone, language and time zone.",
  })
  updateProfile(@Arg("input", () => UpdateProfileInput) input: UpdateProfileInput, @Ctx() context: OperationContext) {
    const { userId } = requirePerson(context.caller);
    return outcome(UserResult, () => context.writeOwn((tx) => updateProfile(tx, userId, input)));
  }
}
