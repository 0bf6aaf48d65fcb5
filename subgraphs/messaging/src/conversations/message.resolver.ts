import { audit, homeOrganisation, type SubgraphKit, type Tx } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { writeAsContact } from "../adapters/simulated/contact.js";
import { User } from "../entities.js";
import { once } from "../idempotency/idempotency.js";
import { requireOrganisation } from "../people/organisations.js";
import { RetryMessagesInput, SendMessageInput, SimulateInboundMessageInput } from "./conversation.inputs.js";
import { PageArgs } from "./conversation.resolver.js";
import type { ConversationRow, MessageRow } from "./conversation.schema.js";
import { Conversation, Message, MessageConnection, MessageResult, MessagesResult } from "./conversation.types.js";
import { conversationsById, failedMessages, messagesById } from "./reading.js";
import { retryMessages, sendMessage } from "./sending.js";

@ArgsType()
class FailedMessagesArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  organisationId?: string;
}

@Resolver(() => Message)
export class MessageResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly clock: () => Date,
    /** The runner shall look at once. */
    private readonly wake: () => void,
  ) {}

  @Directive('@requiresScopes(scopes: [["conversation:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => MessageConnection, {
    nullable: true,
    description: "Messages that were given up after 3 tries, to look at and retry.",
  })
  async failedMessages(@Args(() => FailedMessagesArgs) list: FailedMessagesArgs, @Ctx() context: OperationContext) {
    return await context.read(async (tx) => {
      const wanted = list.organisationId ?? homeOrganisation(context.caller);
      const { organisationId } = await requireOrganisation(tx, wanted);
      return await failedMessages(tx, { ...list, organisationId });
    });
  }

  @Directive('@requiresScopes(scopes: [["message:send"]])')
  @Mutation(() => MessageResult as never, {
    nullable: true,
    description:
      "Queues a text, a template or media to a conversation or a number; state changes follow by messageAdded.",
  })
  sendMessage(@Arg("input", () => SendMessageInput) input: SendMessageInput, @Ctx() context: OperationContext) {
    return this.add(context, "sendMessage", "message:send", input, (tx, at) => sendMessage(tx, input, at));
  }

  @Directive('@requiresScopes(scopes: [["whatsapp:manage"]])')
  @Mutation(() => MessageResult as never, {
    nullable: true,
    description: "Of the simulated driver: a contact writes.",
  })
  simulateInboundMessage(
    @Arg("input", () => SimulateInboundMessageInput) input: SimulateInboundMessageInput,
    @Ctx() context: OperationContext,
  ) {
    return this.add(context, "simulateInboundMessage", "whatsapp:simulate", input, (tx, at) =>
      writeAsContact(tx, input, at),
    );
  }

  @Directive('@requiresScopes(scopes: [["message:send"]])')
  @Mutation(() => MessagesResult as never, { nullable: true })
  async retryMessages(
    @Arg("input", () => RetryMessagesInput) input: RetryMessagesInput,
    @Ctx() context: OperationContext,
  ) {
    const at = this.clock();
    const result = await outcome(MessagesResult, () =>
      context.write(async (tx) => {
        const ids = await once(tx, "retryMessages", input, at, () => retryMessages(tx, input.messageIds, at));
        const details = { action: "message:retry", resource: "message", after: { ids } };
        await audit(tx, this.kit.name, details);
        return { messages: [...(await messagesById(tx, ids)).values()] };
      }),
    );
    this.wake();
    return result;
  }

  @FieldResolver(() => Conversation)
  conversation(@Root() message: MessageRow, @Ctx() context: OperationContext): Promise<ConversationRow | null> {
    return context.loader(conversationsById).load(message.conversationId);
  }

  @FieldResolver(() => User, { nullable: true })
  author(@Root() message: MessageRow): User | null {
    return message.authorId === null ? null : { id: message.authorId };
  }

  private async add(
    context: OperationContext,
    operation: string,
    action: string,
    input: { idempotencyKey: string },
    work: (tx: Tx, at: Date) => Promise<MessageRow>,
  ) {
    const at = this.clock();
    const result = await outcome(MessageResult, () =>
      context.write(async (tx) => {
        const id = await once(tx, operation, input, at, async () => {
          const { id, organisationId } = await work(tx, at);
          await audit(tx, this.kit.name, { action, resource: "message", resourceId: id, organisationId });
          return id;
        });
        const message = (await messagesById(tx, [id])).get(id);
        if (!message) throw new Error("a message was added and is not there");
        return message;
      }),
    );
    this.wake();
    return result;
  }
}
