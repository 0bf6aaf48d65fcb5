import { audit, type Tx } from "@tollgate/kit";
import type { UserRegistration } from "@tollgate/kit/protocol";
import { eq } from "drizzle-orm";
import { addMember } from "../members/adding.js";
import { invitation, tenancy } from "../tables.js";
import type { InvitationRow } from "./invitations.js";
import { tellAccounts } from "./mailing.js";
import { knownRoles } from "./offered-roles.js";

/**
 * Makes a member of a person who registered with an invitation. Time does not count here: accounts let the person in
 * while the token was good.
 * @returns whether there was still something to accept.
 */
export const acceptInvitation = async (
  tx: Tx,
  { userId, organisationId }: UserRegistration,
  invitationId: string,
  now: Date,
): Promise<boolean> => {
  const [row] = await tx.db.select().from(invitation).where(eq(invitation.id, invitationId)).for("update");
  if (row?.state !== "PENDING" || row.organisationId !== organisationId) return false;
  if (await isClosed(tx, organisationId)) return false;
  const roles = await knownRoles(tx, row.roleIds);
  if (roles.length === 0) return false;
  await addMember(tx, { userId, organisationId, roles, invitedBy: row.invitedBy });
  await settle(tx, row, userId, now);
  return true;
};

const isClosed = async (tx: Tx, organisationId: string): Promise<boolean> => {
  const [place] = await tx.db
    .select({ status: tenancy.status })
    .from(tenancy)
    .where(eq(tenancy.organisationId, organisationId));
  return place === undefined || place.status === "CLOSED";
};

const settle = async (tx: Tx, row: InvitationRow, userId: string, now: Date): Promise<void> => {
  const [accepted] = await tx.db
    .update(invitation)
    .set({ state: "ACCEPTED", acceptedAt: now, acceptedBy: userId })
    .where(eq(invitation.id, row.id))
    .returning();
  if (!accepted) throw new Error("update gave no row");
  await tellAccounts(tx, accepted);
  await audit(tx, "organisations", {
    action: "member:accept",
    resource: "invitation",
    resourceId: row.id,
    organisationId: row.organisationId,
    userId,
    before: { email: row.email, state: "PENDING" },
    after: { email: row.email, state: "ACCEPTED" },
  });
};
