import { audit, holds, NotFoundFault, requirePerson, requireUser, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { requireNotAbove } from "../people/rank.js";
import { userById } from "../users/users.js";
import {
  endSessions,
  endSessionsOfUser,
  isLiveSessionOf,
  liveSessionById,
  liveSessions,
  type SessionRow,
} from "./sessions.js";
import { EndAllSessionsInput, EndSessionInput, EndSessionsResult, Session } from "./sessions.types.js";

@Resolver(() => Session)
export class SessionsResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive("@authenticated")
  @Directive('@tag(name: "per-person")')
  @Directive("@listSize(assumedSize: 10)")
  @Query(() => [Session], {
    nullable: true,
    description: "Live sessions: one's own, or with userId those of a user of the estate.",
  })
  sessions(@Arg("userId", () => ID, { nullable: true }) userId: string | undefined, @Ctx() context: OperationContext) {
    const self = requireUser(context.caller);
    const isOwn = userId === undefined || userId === null || userId === self.userId;
    if (isOwn) return context.readOwn((tx) => liveSessions(tx, self.userId, this.clock()));
    if (!holds(self, "user:manage")) throw new NotFoundFault("user", userId);
    return context.read(async (tx) => liveSessions(tx, (await userById(tx, userId)).id, this.clock()));
  }

  @Directive('@tag(name: "per-person")')
  @FieldResolver(() => Boolean)
  isCurrent(@Root() session: SessionRow, @Ctx() context: OperationContext): boolean {
    return context.caller.kind === "USER" && context.caller.sessionId === session.id;
  }

  @Directive("@authenticated")
  @Mutation(() => EndSessionsResult as never, {
    nullable: true,
    description: "Ends the current session, its cookies and its live streams.",
  })
  signOut(@Ctx() context: OperationContext) {
    const { sessionId } = requirePerson(context.caller);
    return outcome(EndSessionsResult, async () => {
      const count = await context.writeOwn(async (tx) => {
        const ended = await endSessions(tx, [sessionId], "SIGNED_OUT", this.clock());
        await audit(tx, "accounts", { action: "session:signOut", resource: "session", resourceId: sessionId });
        return ended;
      });
      context.extensions.session = null;
      return { count };
    });
  }

  @Directive("@authenticated")
  @Mutation(() => EndSessionsResult as never, {
    nullable: true,
    description: "Ends one session: one's own, or with user:manage one of the estate.",
  })
  endSession(@Arg("input", () => EndSessionInput) input: EndSessionInput, @Ctx() context: OperationContext) {
    const self = requireUser(context.caller);
    return outcome(EndSessionsResult, async () => {
      const now = this.clock();
      const isOwn = await context.readOwn((tx) => isLiveSessionOf(tx, input.sessionId, self.userId, now));
      if (!isOwn && !holds(self, "user:manage")) throw new NotFoundFault("session", input.sessionId);
      const count = await this.within(context, isOwn, async (tx) => {
        const session = await liveSessionById(tx, input.sessionId, now);
        if (!isOwn) await requireNotAbove(tx, [session.userId]);
        const ended = await endSessions(tx, [session.id], isOwn ? "ENDED_BY_USER" : "ENDED_BY_MANAGER", now);
        await audit(tx, "accounts", {
          action: isOwn ? "session:end" : "user:manage",
          resource: "session",
          resourceId: session.id,
          organisationId: session.organisationId,
        });
        return ended;
      });
      return { count };
    });
  }

  @Directive("@authenticated")
  @Mutation(() => EndSessionsResult as never, {
    nullable: true,
    description: "Ends all sessions of oneself or, with user:manage, of a user of the estate.",
  })
  endAllSessions(
    @Arg("input", () => EndAllSessionsInput) input: EndAllSessionsInput,
    @Ctx() context: OperationContext,
  ) {
    const self = requireUser(context.caller);
    return outcome(EndSessionsResult, async () => {
      const userId = input.userId ?? self.userId;
      const isOwn = userId === self.userId;
      if (!isOwn && !holds(self, "user:manage")) throw new NotFoundFault("user", userId);
      const count = await this.within(context, isOwn, async (tx) => {
        const user = await userById(tx, userId);
        if (!isOwn) await requireNotAbove(tx, [user.id]);
        const except = isOwn && input.keepCurrent ? self.sessionId : null;
        const ended = await endSessionsOfUser(
          tx,
          user.id,
          isOwn ? "ENDED_BY_USER" : "ENDED_BY_MANAGER",
          this.clock(),
          except,
        );
        await audit(tx, "accounts", {
          action: isOwn ? "session:end" : "user:manage",
          resource: "user",
          resourceId: user.id,
          organisationId: user.organisationId,
          after: { sessionsEnded: ended },
        });
        return ended;
      });
      if (isOwn && !input.keepCurrent) context.extensions.session = null;
      return { count };
    });
  }

  private within<T>(context: OperationContext, isOwn: boolean, work: (tx: Tx) => Promise<T>): Promise<T> {
    return isOwn ? context.writeOwn(work) : context.write(work);
  }
}
