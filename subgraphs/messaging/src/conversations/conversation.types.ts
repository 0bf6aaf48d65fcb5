import {
  ConflictProblem,
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  Int,
  InvalidInputProblem,
  NotFoundProblem,
  ObjectType,
  PhoneNumberScalar,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { PhoneNumberProblem, WhatsAppProblem } from "../whatsapp/problems.js";
import type { ConversationRow, MessageRow } from "./conversation.schema.js";

export const ConversationStatus: { [Key in ConversationRow["status"]]: Key } = graphEnum(
  "ConversationStatus",
  "Of a conversation in the inbox.",
  "OPEN",
  "PENDING",
  "RESOLVED",
);

const MessageDirection: { [Key in MessageRow["direction"]]: Key } = graphEnum(
  "MessageDirection",
  "Seen from the organisation.",
  "INBOUND",
  "OUTBOUND",
);

const MessageOrigin = graphEnum(
  "MessageOrigin",
  "COMMAND answers a self-service command.",
  "CONTACT",
  "MEMBER",
  "AUTOMATION",
  "SCHEDULE",
  "NOTIFICATION",
  "COMMAND",
);

const MessageState: { [Key in MessageRow["state"]]: Key } = graphEnum(
  "MessageState",
  "RECEIVED is inbound.",
  "RECEIVED",
  "QUEUED",
  "SENT",
  "DELIVERED",
  "READ",
  "FAILED",
);

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["conversation:read"]])')
@ObjectType({
  description: "A person outside who writes or is written to; user when known as a customer. Billing adds orders.",
})
export class Contact {
  @Field(() => ID)
  id: string;

  @Field(() => String, { nullable: true })
  name: string | null;

  @Field(() => PhoneNumberScalar)
  phone: string;

  @Field(() => Boolean)
  optedOut: boolean;

  @Field(() => DateTime)
  firstSeenAt: Date;

  @Field(() => DateTime, { nullable: true })
  lastSeenAt: Date | null;
}

@Directive('@requiresScopes(scopes: [["conversation:read"]])')
@ObjectType({ description: "All messages with one contact over one session." })
export class Conversation {
  @Field(() => ID)
  id: string;

  @Field(() => ConversationStatus)
  status: ConversationRow["status"];

  @Field(() => Int)
  unreadCount: number;

  @Field(() => DateTime)
  lastActivityAt: Date;
}

@Directive('@requiresScopes(scopes: [["conversation:read"]])')
@ObjectType({ description: "One message; state only goes forwards." })
export class Message {
  @Field(() => ID)
  id: string;

  @Field(() => MessageDirection)
  direction: MessageRow["direction"];

  @Field(() => MessageOrigin)
  origin: MessageRow["origin"];

  @Field(() => String, { nullable: true })
  text: string | null;

  @Field(() => MessageState)
  state: MessageRow["state"];

  @Field(() => String, { nullable: true })
  failureReason: string | null;

  @Field(() => Int)
  attempts: number;

  @Field(() => DateTime)
  createdAt: Date;

  @Field(() => DateTime, { nullable: true })
  sentAt: Date | null;

  @Field(() => DateTime, { nullable: true })
  deliveredAt: Date | null;

  @Field(() => DateTime, { nullable: true })
  readAt: Date | null;
}

export const ConversationConnection = connectionType("Conversation", () => Conversation, { totalCount: true });
export const MessageConnection = connectionType("Message", () => Message, { totalCount: false });

@ObjectType({ description: "A conversation after a change." })
export class ConversationChange {
  @Field(() => String)
  cursor: string;

  @Field(() => Conversation)
  conversation: object;
}

@ObjectType({ description: "A message after a change." })
export class MessageChange {
  @Field(() => String)
  cursor: string;

  @Field(() => Message)
  message: object;
}

@ObjectType({ description: "The messages in question, as they are now." })
export class Messages {
  @Field(() => [Message])
  messages: object[];
}

export const MessageResult = resultUnion(
  "MessageResult",
  [Message],
  [
    WhatsAppProblem,
    PhoneNumberProblem,
    NotFoundProblem,
    ForbiddenProblem,
    ConflictProblem,
    InvalidInputProblem,
    RateLimitedProblem,
  ],
);
export const MessagesResult = resultUnion(
  "MessagesResult",
  [Messages],
  [NotFoundProblem, ForbiddenProblem, ConflictProblem],
);
export const ConversationResult = resultUnion(
  "ConversationResult",
  [Conversation],
  [NotFoundProblem, InvalidInputProblem],
);
