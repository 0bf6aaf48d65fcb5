import type { Tx } from "@tollgate/kit";
import type { CodeChannelChange, DeliveredEvent } from "@tollgate/kit/protocol";
import { and, eq, lt } from "drizzle-orm";
import { codeChannel } from "../tables.js";
import type { UserRow } from "../users/users.js";

export type Channel = UserRow["mfaChannel"];

/** Whether the operator has a WhatsApp session that codes can go out by. */
export const isWhatsAppReady = async (tx: Tx): Promise<boolean> => {
  const [row] = await tx.db
    .select({ channel: codeChannel.channel })
    .from(codeChannel)
    .where(and(eq(codeChannel.channel, "WHATSAPP"), eq(codeChannel.isReady, true)));
  return row !== undefined;
};

/**
 * The channels that a user's codes can take at the moment, the chosen one first. Who took an authenticator app into use
 * has no other: a mailbox that is read by somebody else must not lead past it. Recovery codes are for a lost phone.
 */
export const channelsOf = async (tx: Tx, user: UserRow): Promise<[Channel, ...Channel[]]> => {
  if (user.mfaChannel === "AUTHENTICATOR") return ["AUTHENTICATOR"];
  const byWhatsApp = user.phone !== null && (await isWhatsAppReady(tx));
  if (!byWhatsApp) return ["EMAIL"];
  return user.mfaChannel === "WHATSAPP" ? ["WHATSAPP", "EMAIL"] : ["EMAIL", "WHATSAPP"];
};

/** Follows messaging, which runs the channel: applied where it is newer. */
export const followChannel = async (tx: Tx, event: DeliveredEvent): Promise<void> => {
  const { channel, isReady } = event.payload as CodeChannelChange; // the catalogue's type for this event
  const state = { isReady, version: event.aggregateVersion };
  await tx.db
    .insert(codeChannel)
    .values({ channel, ...state })
    .onConflictDoUpdate({
      target: codeChannel.channel,
      set: state,
      setWhere: lt(codeChannel.version, event.aggregateVersion),
    });
};
