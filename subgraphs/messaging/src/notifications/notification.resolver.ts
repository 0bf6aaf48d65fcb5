import { audit, requireUser, type StreamedEvent, type SubgraphKit } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Int,
  Mutation,
  type OperationContext,
  outcome,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";
import { Organisation, User } from "../entities.js";
import type { NotificationRow } from "./notification.schema.js";
import {
  MarkNotificationsReadInput,
  MarkNotificationsReadResult,
  Notification,
  NotificationConnection,
  NotificationReceived,
} from "./notification.types.js";
import {
  markRead,
  type NotificationCreated,
  notificationOf,
  notificationsOf,
  topicOf,
  unreadCount,
} from "./notifications.js";

@ArgsType()
class NotificationsArguments {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  first?: number | null;

  @Field(() => String, { nullable: true })
  after?: string | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  unreadOnly?: boolean | null;
}

@Resolver(() => Notification)
export class NotificationResolver {
  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() notification: NotificationRow) {
    const { subjectOrganisationId } = notification;
    return subjectOrganisationId === null ? null : { id: subjectOrganisationId };
  }
}

@Resolver(() => User)
export class UserNotificationsResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly clock: () => Date,
  ) {}

  @Directive("@authenticated")
  @Directive('@tag(name: "per-person")')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => NotificationConnection, {
    nullable: true,
    description: "In-app notifications, newest first; only one's own, else null.",
  })
  notifications(
    @Root() user: User,
    @Args(() => NotificationsArguments) page: NotificationsArguments,
    @Ctx() context: OperationContext,
  ) {
    const { userId } = requireUser(context.caller);
    if (user.id !== userId) return null;
    return context.readOwn((tx) => notificationsOf(tx, userId, page));
  }

  @Directive("@authenticated")
  @Mutation(() => MarkNotificationsReadResult as never, {
    nullable: true,
    description: "Those named, or all when ids is left out.",
  })
  markNotificationsRead(
    @Arg("input", () => MarkNotificationsReadInput) input: MarkNotificationsReadInput,
    @Ctx() context: OperationContext,
  ) {
    const { userId } = requireUser(context.caller);
    return outcome(MarkNotificationsReadResult, () =>
      context.writeOwn(async (tx) => {
        const marked = await markRead(tx, userId, input.ids ?? null, this.clock());
        const details = { action: "notification:markRead", resource: "notification", after: { marked } };
        if (marked > 0) await audit(tx, this.kit.name, details);
        return { unreadCount: await unreadCount(tx, userId) };
      }),
    );
  }

  @Directive("@authenticated")
  @Directive('@tag(name: "per-person")')
  @Subscription(() => NotificationReceived, {
    description: "One's own notifications. Never dropped.",
    subscribe: ({ args, context }: SubscribeArguments<{ after?: string | null }>) =>
      context.resolver(UserNotificationsResolver).source(context, args.after ?? null),
  })
  async notificationReceived(
    @Root() event: StreamedEvent,
    @Ctx() context: OperationContext,
    @Arg("after", () => String, { nullable: true }) _after?: string | null,
  ): Promise<NotificationReceived> {
    const { userId } = requireUser(context.caller);
    const { notificationId } = event.payload as NotificationCreated; // written by `notify` alone
    return await context.readOwn(async (tx) => ({
      cursor: event.cursor,
      notification: await notificationOf(tx, userId, notificationId),
      unreadCount: await unreadCount(tx, userId),
    }));
  }

  source(context: OperationContext, after: string | null) {
    return this.kit.streams.subscribe(topicOf(requireUser(context.caller).userId), after);
  }
}
