import {
  callerWith,
  homeOrganisation,
  mapped,
  NotFoundFault,
  type StreamedEvent,
  type SubgraphKit,
} from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  ID,
  type OperationContext,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";

import { requireOrganisation } from "../people/organisations.js";
import { type ChangeOfConversation, type ChangeOfMessage, CONVERSATIONS_TOPIC, MESSAGES_TOPIC } from "./changes.js";
import { ConversationChange, MessageChange } from "./conversation.types.js";
import { conversationsById, messagesById, requireConversation } from "./reading.js";

/** What a stream was asked to show: one conversation, else the estate of an organisation. */
interface Wanted {
  conversationId?: string | null;
  organisationId?: string | null;
  after?: string | null;
}

/** How long a stream goes on with the organisations it found: then it looks again, and ends when access is gone. */
const BRANCH_KEPT_MILLISECONDS = 5_000;

@Resolver()
export class ConversationLiveResolver {
  constructor(private readonly kit: SubgraphKit) {}

  @Directive('@requiresScopes(scopes: [["conversation:read"]])')
  @Subscription(() => ConversationChange, {
    description: "A conversation was opened, assigned, labelled, read or somebody types. Never dropped.",
    subscribe: ({ args, context }: SubscribeArguments<Wanted>) =>
      context.resolver(ConversationLiveResolver).changes(context, CONVERSATIONS_TOPIC, args),
  })
  async conversationUpdated(
    @Root() event: StreamedEvent,
    @Ctx() context: OperationContext,
    @Arg("after", () => String, { nullable: true }) _after?: string,
    @Arg("conversationId", () => ID, { nullable: true }) _conversationId?: string,
    @Arg("organisationId", () => ID, { nullable: true }) _organisationId?: string,
  ): Promise<ConversationChange> {
    const { conversationId } = event.payload as ChangeOfConversation; // written by `tellConversation` alone
    const conversation = await context.loader(conversationsById).load(conversationId);
    return { cursor: event.cursor, conversation: requireConversation(conversationId, conversation) };
  }

  @Directive('@requiresScopes(scopes: [["conversation:read"]])')
  @Subscription(() => MessageChange, {
    description: "A message came, was queued or changed its state. Never dropped.",
    subscribe: ({ args, context }: SubscribeArguments<Wanted>) =>
      context.resolver(ConversationLiveResolver).changes(context, MESSAGES_TOPIC, args),
  })
  async messageAdded(
    @Root() event: StreamedEvent,
    @Ctx() context: OperationContext,
    @Arg("after", () => String, { nullable: true }) _after?: string,
    @Arg("organisationId", () => ID, { nullable: true }) _organisationId?: string,
    @Arg("conversationId", () => ID, { nullable: true }) _conversationId?: string,
  ): Promise<MessageChange> {
    const { messageId } = event.payload as ChangeOfMessage; // written by `tellMessages` alone
    const message = await context.loader(messagesById).load(messageId);
    if (!message) throw new NotFoundFault("message", messageId);
    return { cursor: event.cursor, message };
  }

  /**
   * Changes of what is wanted. One topic serves all estates; what is shown of it is what the caller may see.
   * @throws NotFoundFault for a conversation or an organisation outside the estate.
   */
  async changes(
    context: OperationContext,
    topic: string,
    wanted: Wanted,
  ): Promise<AsyncIterableIterator<StreamedEvent>> {
    const branch = this.branch(context, wanted);
    await branch();
    if (wanted.conversationId) await this.requireConversation(context, wanted.conversationId);
    const conversationId = wanted.conversationId?.toLowerCase() ?? null;
    return mapped(this.kit.streams.subscribe(topic, wanted.after ?? null), {
      each: async (event) => {
        const change = event.payload as ChangeOfConversation; // both topics carry it
        if (conversationId !== null && change.conversationId !== conversationId) return null;
        return (await branch()).has(change.organisationId) ? event : null;
      },
    });
  }

  private requireConversation(context: OperationContext, id: string) {
    return this.kit.database.read(context.caller, async (tx) =>
      requireConversation(id, (await conversationsById(tx, [id.toLowerCase()])).get(id.toLowerCase())),
    );
  }

  /** The organisations that the stream shows, as the caller's own transaction finds them. */
  private branch(context: OperationContext, { organisationId }: Wanted): () => Promise<ReadonlySet<string>> {
    // A stream outlives the deadline of the request that opened it.
    const caller = callerWith(context.caller, { deadline: null });
    let known: { ids: ReadonlySet<string>; until: number } | null = null;
    return async () => {
      if (known && known.until > Date.now()) return known.ids;
      const ids = await this.kit.database.read(caller, async (tx) => {
        const { path } = await requireOrganisation(tx, organisationId ?? homeOrganisation(caller));
        const rows = await tx.sql<{ id: string }[]>`
          select organisation_id as id from tenancy
           where path >= ${path} collate "C" and path < (${path} || '~') collate "C"`;
        return new Set(rows.map(({ id }) => id));
      });
      known = { ids, until: Date.now() + BRANCH_KEPT_MILLISECONDS };
      return ids;
    };
  }
}
