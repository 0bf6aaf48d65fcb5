import { NotFoundFault, reasonOf, requireId, requirePerson, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { forgetAuthenticator } from "../factors/authenticator.js";
import { tellFactorChange } from "../factors/changes.js";
import { forgetRecoveryCodes } from "../factors/recovery-codes.js";
import { endSessionsOfUser } from "../sessions/sessions.js";
import { user } from "../tables.js";
import { refuseSelf } from "./owners.js";
import { requireNotAbove } from "./rank.js";

const IN_WORDS = "whoever manages people reset it, and codes come by e-mail from now on";

/**
 * The way back for somebody who lost phone and recovery codes: codes come by e-mail again. It is never switched off by
 * that, and whoever asks must have made sure who they talk to, so all sessions end and the person is told.
 * @returns the user's id.
 * @throws NotFoundFault; ForbiddenFault for oneself, whoever may do more, and an API key; InvalidInputFault for no reason.
 */
export const resetSecondFactor = async (
  tx: Tx,
  wish: { userId: string; reason: string },
  now: Date,
): Promise<string> => {
  requirePerson(tx.caller);
  const reason = reasonOf(wish.reason);
  const id = requireId("user", wish.userId).toLowerCase();
  refuseSelf(tx, [id], "reset the second factor of");
  const [row] = await tx.db.select().from(user).where(eq(user.id, id)).for("update");
  if (!row || row.status === "ERASED") throw new NotFoundFault("user", wish.userId);
  await requireNotAbove(tx, [row.id]);
  await forgetAuthenticator(tx, row.id);
  await forgetRecoveryCodes(tx, row.id);
  await tx.db.update(user).set({ mfaChannel: "EMAIL" }).where(eq(user.id, row.id));
  const sessionsEnded = await endSessionsOfUser(tx, row.id, "ENDED_BY_MANAGER", now);
  await tellFactorChange(tx, row, "resetSecondFactor", IN_WORDS, now, {
    before: { enabled: row.mfaEnabled, channel: row.mfaChannel },
    after: { enabled: row.mfaEnabled, channel: "EMAIL", sessionsEnded, reason },
  });
  return row.id;
};
