import { audit, newToken, type Sealer, type Tx } from "@tollgate/kit";
import { and, eq, inArray, lte, sql } from "drizzle-orm";
import { invitation } from "../tables.js";
import type { InvitationRow } from "./invitations.js";
import { mailInvitation, type Offer, tellAccounts } from "./mailing.js";
import { LIFE_MILLISECONDS } from "./rules.js";

/** Writes one invitation and mails its token. The caller has seen to it that it may be, and that none is open. */
export const issueInvitation = async (
  tx: Tx,
  terms: Pick<InvitationRow, "organisationId" | "email" | "roleIds" | "invitedBy">,
  offer: Offer,
  sealer: Sealer,
  now: Date,
): Promise<InvitationRow> => {
  const { token, hash } = newToken();
  const expiresAt = new Date(now.getTime() + LIFE_MILLISECONDS);
  const [row] = await tx.db
    .insert(invitation)
    .values({ ...terms, tokenHash: hash, expiresAt, createdAt: now, sentAt: now })
    .returning();
  if (!row) throw new Error("insert gave no row");
  await mailInvitation(tx, row, offer, token, sealer);
  await audit(tx, "organisations", {
    action: "member:invite",
    resource: "invitation",
    resourceId: row.id,
    organisationId: terms.organisationId,
    after: { email: terms.email, roles: offer.roleNames, expiresAt },
  });
  return row;
};

const emailKey = sql<string>`lower(${invitation.email})`;

/** Open invitations of an organisation by e-mail, those of `keys`: addresses in lower case. */
export const pendingByEmail = async (
  tx: Tx,
  organisationId: string,
  keys: readonly string[],
): Promise<Map<string, string>> => {
  const rows = await tx.db
    .select({ email: emailKey, id: invitation.id })
    .from(invitation)
    .where(
      and(eq(invitation.organisationId, organisationId), eq(invitation.state, "PENDING"), inArray(emailKey, [...keys])),
    );
  return new Map(rows.map(({ email, id }) => [email, id]));
};

/** Invitations that ran out make room for new ones to the same e-mail. */
export const endOverdue = async (tx: Tx, organisationId: string, keys: readonly string[], now: Date): Promise<void> => {
  const ended = await tx.db
    .update(invitation)
    .set({ state: "EXPIRED" })
    .where(
      and(
        eq(invitation.organisationId, organisationId),
        eq(invitation.state, "PENDING"),
        lte(invitation.expiresAt, now),
        inArray(emailKey, [...keys]),
      ),
    )
    .returning();
  for (const row of ended) await tellAccounts(tx, row);
};
