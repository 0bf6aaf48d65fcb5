import { homeOrganisation, organisationInScope, requireId, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  ID,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
} from "@tollgate/kit/graphql";
import { UserResult } from "../users/user-result.js";
import { type UserRow, userById, usersById } from "../users/users.js";
import { User } from "../users/users.types.js";
import { deactivateUsers, reactivateUsers, unlockUser } from "./people.js";
import {
  DeactivateUsersInput,
  ReactivateUsersInput,
  ResetSecondFactorInput,
  ResetSecondFactorResult,
  UnlockUserInput,
  UserStatistics,
  UsersResult,
} from "./people.types.js";
import { resetSecondFactor } from "./resetting.js";
import { type PeopleCounts, peopleCounts } from "./statistics.js";

const MANAGES = '@requiresScopes(scopes: [["user:manage"]])';

@Resolver(() => User)
export class PeopleResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["user:read"]])')
  @Query(() => UserStatistics, {
    nullable: true,
    description:
      "People of an organisation and of all below it, counted: how many there are, and how safely they come in.",
  })
  userStatistics(
    @Arg("organisationId", () => ID, { nullable: true }) organisationId: string | undefined,
    @Ctx() context: OperationContext,
  ): Promise<PeopleCounts> {
    const id = organisationId ?? homeOrganisation(context.caller);
    return context.read(async (tx) => {
      await organisationInScope(tx, requireId("organisation", id));
      return peopleCounts(tx, id, this.clock());
    });
  }

  @Directive(MANAGES)
  @Mutation(() => UsersResult as never, {
    nullable: true,
    description: "Up to 100 at once, all or none; ends their sessions.",
  })
  deactivateUsers(
    @Arg("input", () => DeactivateUsersInput) input: DeactivateUsersInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, (tx) => deactivateUsers(tx, input, this.clock()));
  }

  @Directive(MANAGES)
  @Mutation(() => UsersResult as never, { nullable: true })
  reactivateUsers(
    @Arg("input", () => ReactivateUsersInput) { userIds }: ReactivateUsersInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, (tx) => reactivateUsers(tx, userIds));
  }

  @Directive(MANAGES)
  @Mutation(() => UserResult as never, { nullable: true, description: "Lifts a lock-out." })
  unlockUser(@Arg("input", () => UnlockUserInput) { userId }: UnlockUserInput, @Ctx() context: OperationContext) {
    return outcome(UserResult, async () => {
      const id = await context.write((tx) => unlockUser(tx, userId));
      return context.read((tx) => userById(tx, id));
    });
  }

  @Directive(MANAGES)
  @Mutation(() => ResetSecondFactorResult as never, {
    nullable: true,
    description:
      "For somebody who lost phone and recovery codes: codes come by e-mail again. Ends all sessions, and tells the person.",
  })
  resetSecondFactor(
    @Arg("input", () => ResetSecondFactorInput) input: ResetSecondFactorInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ResetSecondFactorResult, async () => {
      const id = await context.write((tx) => resetSecondFactor(tx, input, this.clock()));
      return context.read((tx) => userById(tx, id));
    });
  }

  private change(context: OperationContext, work: (tx: Tx) => Promise<string[]>) {
    return outcome(UsersResult, async () => {
      const ids = await context.write(work);
      const known = await context.read((tx) => usersById(tx, ids));
      return { users: ids.flatMap((id): UserRow[] => [known.get(id)].filter((row) => row !== undefined)) };
    });
  }
}
