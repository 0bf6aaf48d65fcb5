import { inScope, requireId, type Tx } from "@tollgate/kit";
import { and, eq, isNull } from "drizzle-orm";
import { tellConversation } from "./changes.js";
import { type ConversationRow, conversation, message } from "./conversation.schema.js";
import { requireConversation } from "./reading.js";

/**
 * Marks what a contact wrote as read.
 * @returns the conversation, and whether anything was unread.
 */
export const markConversationRead = async (
  tx: Tx,
  conversationId: string,
  at: Date,
): Promise<{ conversation: ConversationRow; changed: boolean }> => {
  const id = requireId("conversation", conversationId);
  const own = and(eq(conversation.id, id), inScope(tx, conversation.organisationId));
  const [row] = await tx.db.select().from(conversation).where(own).for("update");
  const known = requireConversation(conversationId, row);
  if (known.unreadCount === 0) return { conversation: known, changed: false };
  await tx.db
    .update(message)
    .set({ readAt: at })
    .where(and(eq(message.conversationId, id), eq(message.direction, "INBOUND"), isNull(message.readAt)));
  await tx.db.update(conversation).set({ unreadCount: 0 }).where(eq(conversation.id, id));
  await tellConversation(tx, { organisationId: known.organisationId, conversationId: id });
  return { conversation: { ...known, unreadCount: 0 }, changed: true };
};
