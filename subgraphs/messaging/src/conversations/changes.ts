import { emit, type Tx } from "@tollgate/kit";
import type { MessageRow } from "./conversation.schema.js";

export const MESSAGES_TOPIC = "whatsapp-messages";
export const CONVERSATIONS_TOPIC = "whatsapp-conversations";

/** What the live topics carry: ids, so that whoever watches reads what they may. */
export interface ChangeOfConversation {
  organisationId: string;
  conversationId: string;
}
export interface ChangeOfMessage extends ChangeOfConversation {
  messageId: string;
}

/** Tells whoever watches that messages were added or changed their state. */
export const tellMessages = async (
  tx: Tx,
  messages: readonly Pick<MessageRow, "id" | "organisationId" | "conversationId">[],
): Promise<void> => {
  for (const { id, organisationId, conversationId } of messages) {
    const payload: ChangeOfMessage = { organisationId, conversationId, messageId: id };
    const topic = MESSAGES_TOPIC;
    await emit(tx, { type: "message.changed", aggregateId: conversationId, organisationId, payload, topic });
  }
};

/** Tells whoever watches that a conversation was opened, got a message or was read. */
export const tellConversation = async (tx: Tx, change: ChangeOfConversation): Promise<void> => {
  const { organisationId, conversationId } = change;
  const payload: ChangeOfConversation = { organisationId, conversationId };
  const topic = CONVERSATIONS_TOPIC;
  await emit(tx, { type: "conversation.changed", aggregateId: conversationId, organisationId, payload, topic });
};
