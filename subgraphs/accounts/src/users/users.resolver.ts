import { holds, organisationInScope, requireUser, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Int,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { locksByEmail } from "../sign-in/lockout.js";
import { type UserRow, userById, usersById, usersOf } from "./users.js";
import { type Mfa, User, UserConnection, UserFilter, UserOrder } from "./users.types.js";

/** Details of a person are for itself and for those who may see people; of an erased one there are none. */
const maySee = (user: UserRow, context: OperationContext): boolean =>
  user.status !== "ERASED" &&
  ((context.caller.kind === "USER" && context.caller.userId === user.id) || holds(context.caller, "user:read"));

const lockOf = (user: UserRow, context: OperationContext) =>
  context.loader(locksByEmail).load(user.email.toLowerCase());

@Resolver(() => User)
export class UsersResolver {
  @Directive("@authenticated")
  @Directive('@tag(name: "partner")')
  @Directive('@tag(name: "per-person")')
  @Query(() => User, {
    nullable: true,
    description: 'The signed-in user; null for an API key. Works as the check "am I still signed in".',
  })
  me(@Ctx() context: OperationContext) {
    const { userId } = requireUser(context.caller);
    return context.readOwn(async (tx) => (await usersById(tx, [userId])).get(userId) ?? null);
  }

  @Directive('@requiresScopes(scopes: [["user:read"]])')
  @Query(() => User, { nullable: true })
  user(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext) {
    return context.read((tx) => userById(tx, id));
  }

  @Directive('@requiresScopes(scopes: [["user:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => UserConnection, { nullable: true, description: "Users of the estate." })
  users(
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("filter", () => UserFilter, { nullable: true }) filter?: UserFilter,
    @Arg("order", () => UserOrder, { nullable: true }) order?: UserOrder,
  ) {
    return context.read(async (tx: Tx) => {
      if (filter?.organisationId) await organisationInScope(tx, filter.organisationId);
      return usersOf(tx, { first, after }, filter ?? {}, order ?? undefined);
    });
  }

  @FieldResolver()
  async status(@Root() user: UserRow, @Ctx() context: OperationContext): Promise<User["status"]> {
    if (user.status !== "ACTIVE" || !maySee(user, context)) return user.status;
    return (await lockOf(user, context)) ? "LOCKED" : user.status;
  }

  @FieldResolver()
  email(@Root() user: UserRow, @Ctx() context: OperationContext): string | null {
    return maySee(user, context) ? user.email : null;
  }

  @FieldResolver()
  emailVerified(@Root() user: UserRow, @Ctx() context: OperationContext): boolean | null {
    return maySee(user, context) ? user.emailVerified : null;
  }

  @FieldResolver()
  phone(@Root() user: UserRow, @Ctx() context: OperationContext): string | null {
    return maySee(user, context) ? user.phone : null;
  }

  @FieldResolver()
  locale(@Root() user: UserRow, @Ctx() context: OperationContext): string | null {
    return maySee(user, context) ? user.locale : null;
  }

  @FieldResolver()
  timeZone(@Root() user: UserRow, @Ctx() context: OperationContext): string | null {
    return maySee(user, context) ? user.timeZone : null;
  }

  @FieldResolver()
  mfa(
    @Root() user: UserRow,
    @Ctx() context: OperationContext,
  ): Omit<Mfa, "requiredByOrganisation" | "recoveryCodesLeft" | "availableChannels"> | null {
    if (!maySee(user, context)) return null;
    const { id: userId, organisationId, mfaEnabled: enabled, mfaChannel: channel, phone } = user;
    return { enabled, channel, userId, organisationId, phone };
  }

  @FieldResolver()
  lastSignedInAt(@Root() user: UserRow, @Ctx() context: OperationContext): Date | null {
    return maySee(user, context) ? user.lastSignedInAt : null;
  }

  @FieldResolver()
  lockedUntil(@Root() user: UserRow, @Ctx() context: OperationContext): Promise<Date | null> | null {
    return maySee(user, context) ? lockOf(user, context) : null;
  }

  @FieldResolver()
  createdAt(@Root() user: UserRow, @Ctx() context: OperationContext): Date | null {
    return maySee(user, context) ? user.createdAt : null;
  }
}
