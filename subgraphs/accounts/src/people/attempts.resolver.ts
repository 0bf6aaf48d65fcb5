import { organisationInScope } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Int,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { usersById } from "../users/users.js";
import { User } from "../users/users.types.js";
import { type AttemptRow, attemptsOf } from "./attempts.js";
import { SignInAttempt, SignInAttemptConnection, SignInAttemptFilter } from "./people.types.js";

@Resolver(() => SignInAttempt)
export class SignInAttemptsResolver {
  @Directive('@requiresScopes(scopes: [["signInAttempt:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => SignInAttemptConnection, {
    nullable: true,
    description: "Every attempt to sign in, failed ones with their reason, newest first.",
  })
  signInAttempts(
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("filter", () => SignInAttemptFilter, { nullable: true }) filter?: SignInAttemptFilter,
  ) {
    return context.read(async (tx) => {
      if (filter?.organisationId) await organisationInScope(tx, filter.organisationId);
      return attemptsOf(tx, { first, after }, filter ?? {});
    });
  }

  @FieldResolver(() => User, { nullable: true })
  user(@Root() { userId }: AttemptRow, @Ctx() context: OperationContext) {
    return userId === null ? null : context.loader(usersById).load(userId);
  }
}
