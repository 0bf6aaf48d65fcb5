import { randomUUID } from "node:crypto";
import type { Tx } from "@tollgate/kit";
import type { MessageRow } from "../../conversations/conversation.schema.js";
import { receive } from "../../conversations/exchange.js";
import { requireText } from "../../conversations/sending.js";
import { requirePhone } from "../../whatsapp/phones.js";
import { WhatsAppFault } from "../../whatsapp/problems.js";
import { lockSimulatedSession } from "./phone.js";

/**
 * A simulated contact writes to a connected session.
 * @throws WhatsAppFault where it is not connected, ConflictFault for a session of another driver.
 */
export const writeAsContact = async (
  tx: Tx,
  input: { sessionId: string; from: string; text: string },
  at: Date,
): Promise<MessageRow> => {
  const from = requirePhone(input.from);
  const text = requireText(input.text);
  const session = await lockSimulatedSession(tx, input.sessionId);
  if (session.status !== "CONNECTED") {
    throw new WhatsAppFault("UNAVAILABLE", "WhatsApp is not connected; nothing can come in.", session);
  }
  const message = { providerId: `simulated:${randomUUID()}`, from, name: null, text, at };
  const [received] = await receive(tx, session, [message]);
  if (!received) throw new Error("a new message was there already");
  return received;
};
