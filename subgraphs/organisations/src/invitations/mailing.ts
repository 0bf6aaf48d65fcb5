import { announce, newEventId, type Sealer, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { nameOf } from "../people/people.js";
import { organisation } from "../tables.js";
import type { InvitationRow } from "./invitations.js";
import { knownRoles } from "./offered-roles.js";

const USUAL_LOCALE = "en-ZA";

/** What an invitation tells whoever gets it: to what, as what, by whom. */
export interface Offer {
  organisationName: string;
  roleNames: string[];
  /** Null where an API key invited, or accounts never told of the person. */
  invitedByName: string | null;
}

export const offerOf = async (
  tx: Tx,
  row: Pick<InvitationRow, "organisationId" | "roleIds" | "invitedBy">,
): Promise<Offer> => {
  const [place] = await tx.db
    .select({ name: organisation.name })
    .from(organisation)
    .where(eq(organisation.organisationId, row.organisationId));
  const roles = await knownRoles(tx, row.roleIds);
  return {
    organisationName: place?.name ?? "",
    roleNames: roles.map(({ name }) => name),
    invitedByName: await nameOf(tx, row.invitedBy),
  };
};

/** Tells accounts how an invitation stands. */
export const tellAccounts = async (tx: Tx, row: InvitationRow): Promise<void> => {
  await announce(tx, "invitation.changed", {
    aggregateId: row.id,
    organisationId: row.organisationId,
    payload: {
      invitationId: row.id,
      organisationId: row.organisationId,
      email: row.email,
      tokenHash: row.tokenHash,
      expiresAt: row.expiresAt,
      isOpen: row.state === "PENDING",
    },
  });
};

/**
 * Sends the newest token of an invitation. The mail has the same aggregate as what tells accounts, and comes after it:
 * nobody holds a token that accounts does not know yet.
 */
export const mailInvitation = async (
  tx: Tx,
  row: InvitationRow,
  offer: Offer,
  token: string,
  sealer: Sealer,
): Promise<void> => {
  await tellAccounts(tx, row);
  const id = newEventId();
  await announce(tx, "mail.requested", {
    id,
    aggregateId: row.id,
    organisationId: row.organisationId,
    payload: {
      kind: "INVITATION",
      userId: null,
      organisationId: row.organisationId,
      to: row.email,
      displayName: "",
      locale: tx.caller.locale ?? USUAL_LOCALE,
      expiresAt: row.expiresAt,
      facts: {
        organisationName: offer.organisationName,
        roleNames: offer.roleNames.join(", "),
        ...(offer.invitedByName !== null && { invitedByName: offer.invitedByName }),
      },
    },
    sealed: sealer.seal(token, id),
  });
};
