import { Field, ID, InputType, PhoneNumberScalar } from "@tollgate/kit/graphql";
import type { ConversationRow } from "./conversation.schema.js";
import { ConversationStatus } from "./conversation.types.js";

@InputType()
export class ConversationFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => ID, { nullable: true })
  sessionId?: string | null;

  @Field(() => [ConversationStatus], { nullable: true })
  status?: ConversationRow["status"][] | null;

  @Field(() => Boolean, { nullable: true })
  unreadOnly?: boolean | null;

  @Field(() => String, { nullable: true })
  search?: string | null;
}

@InputType({
  description: "Exactly one of conversationId and (sessionId, phone).",
})
export class SendMessageInput {
  @Field(() => ID, { nullable: true })
  conversationId?: string | null;

  @Field(() => ID, { nullable: true })
  sessionId?: string | null;

  @Field(() => PhoneNumberScalar, { nullable: true })
  phone?: string | null;

  @Field(() => String, { nullable: true })
  text?: string | null;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RetryMessagesInput {
  @Field(() => [ID])
  messageIds: string[];

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class MarkConversationReadInput {
  @Field(() => ID)
  conversationId: string;
}

@InputType()
export class SimulateInboundMessageInput {
  @Field(() => ID)
  sessionId: string;

  @Field(() => PhoneNumberScalar)
  from: string;

  @Field(() => String)
  text: string;

  @Field(() => String)
  idempotencyKey: string;
}
