import { announce, audit, type Tx } from "@tollgate/kit";
import { deviceOf } from "../sessions/device.js";
import type { UserRow } from "../users/users.js";

/**
 * Records a change of somebody's second factor, and tells the person by e-mail: whoever did not do it must know.
 * @param action what the trail calls it. @param what in words, to follow "something was changed:".
 */
export const tellFactorChange = async (
  tx: Tx,
  user: UserRow,
  action: string,
  what: string,
  now: Date,
  change: { before?: unknown; after?: unknown } = {},
): Promise<void> => {
  const { id: userId, organisationId, email, displayName, locale } = user;
  await audit(tx, "accounts", {
    action: `user:${action}`,
    resource: "user",
    resourceId: userId,
    organisationId,
    userId,
    ...change,
  });
  const { caller } = tx;
  // A person's own change is made by the system on its behalf. Where somebody else sits is nothing that mails tell of.
  const isOthers = caller.kind === "USER" && caller.userId !== userId;
  const by: Record<string, string> = isOthers
    ? { by: "MANAGER" }
    : { device: deviceOf(caller.userAgent), address: caller.address };
  await announce(tx, "mail.requested", {
    aggregateId: userId,
    organisationId,
    payload: {
      kind: "FACTOR_CHANGED",
      userId,
      organisationId,
      to: email,
      displayName,
      locale,
      expiresAt: null,
      facts: { at: now.toISOString(), what, ...by },
    },
  });
};
