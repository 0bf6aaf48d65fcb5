import {
  audit,
  ConflictFault,
  newToken,
  organisationInScope,
  personOf,
  RateLimitedFault,
  requireActive,
  type Sealer,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { invitation } from "../tables.js";
import { type InvitationRow, invitationForChange } from "./invitations.js";
import { mailInvitation, offerOf, tellAccounts } from "./mailing.js";
import { offeredRoles } from "./offered-roles.js";
import { LIFE_MILLISECONDS, MOST_SENT, RESEND_SECONDS } from "./rules.js";

const requirePending = (row: InvitationRow): void => {
  if (row.state === "PENDING") return;
  const words = { ACCEPTED: "was accepted already", REVOKED: "was revoked", EXPIRED: "was replaced by another one" };
  throw new ConflictFault(`This invitation ${words[row.state]}.`, row.id);
};

/**
 * Sends a new token that is good for 7 days; the old one ends at once. One that ran out is good again.
 * @throws NotFoundFault, ForbiddenFault, ConflictFault, RoleRefusedFault when the caller may not give these roles,
 *   RateLimitedFault within a minute of the last mail and after the tenth.
 */
export const resendInvitation = async (tx: Tx, id: string, sealer: Sealer, now: Date): Promise<string> => {
  const row = await invitationForChange(tx, id);
  requirePending(row);
  const organisation = await organisationInScope(tx, row.organisationId);
  requireActive(organisation);
  await offeredRoles(tx, organisation, row.roleIds);
  const wait = Math.ceil((row.sentAt.getTime() + RESEND_SECONDS * 1000 - now.getTime()) / 1000);
  if (wait > 0) throw new RateLimitedFault(wait, `This invitation can be sent again in ${wait} seconds.`);
  if (row.timesSent >= MOST_SENT) {
    throw new RateLimitedFault(86_400, `An invitation is sent ${MOST_SENT} times at most; revoke it and invite anew.`);
  }
  const { token, hash } = newToken();
  const expiresAt = new Date(now.getTime() + LIFE_MILLISECONDS);
  const [renewed] = await tx.db
    .update(invitation)
    .set({ tokenHash: hash, expiresAt, sentAt: now, timesSent: row.timesSent + 1 })
    .where(eq(invitation.id, id))
    .returning();
  if (!renewed) throw new Error("update gave no row");
  await mailInvitation(tx, renewed, await offerOf(tx, renewed), token, sealer);
  await audit(tx, "organisations", {
    action: "member:invite",
    resource: "invitation",
    resourceId: id,
    organisationId: row.organisationId,
    before: { email: row.email, expiresAt: row.expiresAt },
    after: { email: row.email, expiresAt },
  });
  return id;
};

/** Takes an invitation back, also one that ran out. @throws NotFoundFault, ConflictFault when it is over already. */
export const revokeInvitation = async (tx: Tx, id: string, now: Date): Promise<string> => {
  const row = await invitationForChange(tx, id);
  requirePending(row);
  const [revoked] = await tx.db
    .update(invitation)
    .set({ state: "REVOKED", revokedAt: now, revokedBy: personOf(tx.caller) })
    .where(eq(invitation.id, id))
    .returning();
  if (!revoked) throw new Error("update gave no row");
  await tellAccounts(tx, revoked);
  await audit(tx, "organisations", {
    action: "member:invite",
    resource: "invitation",
    resourceId: id,
    organisationId: row.organisationId,
    before: { email: row.email, state: "PENDING" },
    after: { email: row.email, state: "REVOKED" },
  });
  return id;
};
