import { hashOfToken, type Tx } from "@tollgate/kit";
import { and, eq, gt } from "drizzle-orm";
import { invitation, tenancy } from "../tables.js";
import { type Offer, offerOf } from "./mailing.js";

export interface Preview extends Offer {
  email: string;
  expiresAt: Date;
}

/** What whoever holds a token may see before registering; null when it opens nothing (any more), never why. */
export const previewOf = async (tx: Tx, token: string, now: Date): Promise<Preview | null> => {
  const [found] = await tx.db
    .select({ row: invitation, status: tenancy.status })
    .from(invitation)
    .innerJoin(tenancy, eq(tenancy.organisationId, invitation.organisationId))
    .where(
      and(eq(invitation.tokenHash, hashOfToken(token)), eq(invitation.state, "PENDING"), gt(invitation.expiresAt, now)),
    );
  if (!found || found.status === "CLOSED") return null;
  const { row } = found;
  return { ...(await offerOf(tx, row)), email: row.email, expiresAt: row.expiresAt };
};
