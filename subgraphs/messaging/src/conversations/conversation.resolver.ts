import { audit, type Connection, homeOrganisation, type SubgraphKit } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { requireOrganisation } from "../people/organisations.js";
import type { SessionRow } from "../whatsapp/session.schema.js";
import { WhatsAppSession } from "../whatsapp/session.types.js";
import { sessionsById } from "../whatsapp/sessions.js";
import { ConversationFilter, MarkConversationReadInput } from "./conversation.inputs.js";
import type { ContactRow, ConversationRow, MessageRow } from "./conversation.schema.js";
import {
  Contact,
  Conversation,
  ConversationConnection,
  ConversationResult,
  Message,
  MessageConnection,
} from "./conversation.types.js";
import { markConversationRead } from "./marking.js";
import {
  contactsById,
  conversationsById,
  listConversations,
  type MessageListing,
  messagePages,
  messagesById,
  requireConversation,
} from "./reading.js";

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  first?: number;

  @Field(() => String, { nullable: true })
  after?: string;
}

@ArgsType()
class ConversationListArgs extends PageArgs {
  @Field(() => ConversationFilter, { nullable: true })
  filter?: ConversationFilter;
}

@Resolver(() => Contact)
export class ContactResolver {
  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() contact: ContactRow): Organisation {
    return { id: contact.organisationId };
  }
}

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly clock: () => Date,
  ) {}

  @Directive('@requiresScopes(scopes: [["conversation:read"]])')
  @Query(() => Conversation, { nullable: true })
  async conversation(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<ConversationRow> {
    return requireConversation(id, await context.loader(conversationsById).load(id.toLowerCase()));
  }

  @Directive('@requiresScopes(scopes: [["conversation:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => ConversationConnection, {
    nullable: true,
    description: "The inbox, last activity first; search goes over names, numbers and message texts.",
  })
  async conversations(@Args(() => ConversationListArgs) list: ConversationListArgs, @Ctx() context: OperationContext) {
    const { filter, ...page } = list;
    return await context.read(async (tx) => {
      const wanted = filter?.organisationId ?? homeOrganisation(context.caller);
      const { organisationId } = await requireOrganisation(tx, wanted);
      return await listConversations(tx, { ...filter, ...page, organisationId });
    });
  }

  @Directive('@requiresScopes(scopes: [["conversation:read"]])')
  @Mutation(() => ConversationResult as never, { nullable: true })
  markConversationRead(
    @Arg("input", () => MarkConversationReadInput) { conversationId }: MarkConversationReadInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ConversationResult, () =>
      context.write(async (tx) => {
        const { conversation, changed } = await markConversationRead(tx, conversationId, this.clock());
        const { id: resourceId, organisationId } = conversation;
        const details = { action: "conversation:markRead", resource: "conversation", resourceId, organisationId };
        if (changed) await audit(tx, this.kit.name, details);
        return conversation;
      }),
    );
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() conversation: ConversationRow): Organisation {
    return { id: conversation.organisationId };
  }

  @FieldResolver(() => WhatsAppSession)
  session(@Root() conversation: ConversationRow, @Ctx() context: OperationContext): Promise<SessionRow | null> {
    return context.loader(sessionsById).load(conversation.sessionId);
  }

  @FieldResolver(() => Contact)
  contact(@Root() conversation: ConversationRow, @Ctx() context: OperationContext): Promise<ContactRow | null> {
    return context.loader(contactsById).load(conversation.contactId);
  }

  @FieldResolver(() => Message, { nullable: true })
  lastMessage(
    @Root() conversation: ConversationRow,
    @Ctx() context: OperationContext,
  ): Promise<MessageRow | null> | null {
    const { lastMessageId } = conversation;
    return lastMessageId === null ? null : context.loader(messagesById).load(lastMessageId);
  }

  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => MessageConnection, { description: "Newest first." })
  messages(
    @Root() conversation: ConversationRow,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: OperationContext,
  ): Promise<Connection<MessageRow> | null> {
    const listing: MessageListing = { ...page, conversationId: conversation.id };
    return context.loader(messagePages).load(listing);
  }
}
