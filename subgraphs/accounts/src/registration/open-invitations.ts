import type { Tx } from "@tollgate/kit";
import type { DeliveredEvent, InvitationChange } from "@tollgate/kit/protocol";
import { and, eq, gt, lt, sql } from "drizzle-orm";
import { openInvitation, tenancy } from "../tables.js";

export type OpenInvitation = typeof openInvitation.$inferSelect;

/** Ended invitations are known for so long, so that a late event does not open one again. */
const KEPT = "30 days";

/** Follows organisations: how an invitation stands, applied where it is newer. */
export const followInvitation = async (tx: Tx, event: DeliveredEvent): Promise<void> => {
  const { invitationId, ...state } = event.payload as InvitationChange; // the catalogue's type for this event
  const values = { ...state, version: event.aggregateVersion };
  await tx.db
    .insert(openInvitation)
    .values({ invitationId, ...values })
    .onConflictDoUpdate({
      target: openInvitation.invitationId,
      set: values,
      setWhere: lt(openInvitation.version, event.aggregateVersion),
    });
};

/**
 * The invitation that a token opens at this moment; null when it opens nothing, never why.
 * @param lock keeps others from accepting it until the transaction ends.
 */
export const invitationOf = async (
  tx: Tx,
  tokenHash: string,
  now: Date,
  lock: boolean,
): Promise<OpenInvitation | null> => {
  const query = tx.db
    .select()
    .from(openInvitation)
    .where(
      and(eq(openInvitation.tokenHash, tokenHash), eq(openInvitation.isOpen, true), gt(openInvitation.expiresAt, now)),
    );
  const [row] = await (lock ? query.for("update") : query);
  return row && !(await isClosed(tx, row.organisationId)) ? row : null;
};

/** A suspended organisation may still take people in: somebody must be able to pay. */
const isClosed = async (tx: Tx, organisationId: string): Promise<boolean> => {
  const [place] = await tx.db
    .select({ status: tenancy.status })
    .from(tenancy)
    .where(eq(tenancy.organisationId, organisationId));
  return place?.status === "CLOSED";
};

export const tidyInvitations = async (tx: Tx): Promise<void> => {
  await tx.db.delete(openInvitation).where(sql`expires_at < now() - ${KEPT}::interval`);
};
