import { announce, type Tx } from "@tollgate/kit";
import type { DeliveredEvent, UserRegistration } from "@tollgate/kit/protocol";
import { eq, isNull } from "drizzle-orm";
import { acceptInvitation } from "../invitations/accepting.js";
import { addMember, restateMember } from "../members/adding.js";
import { OWNER } from "../roles/roles.js";
import { membership, organisation } from "../tables.js";
import { addOrganisation } from "../tree/tree.js";

/**
 * The other half of a registration: a person that accounts has made gets its membership here, or accounts is told to
 * take the person back. However often accounts asks, the answer is the same.
 */
export const settleRegistration = async (tx: Tx, event: DeliveredEvent, now: Date): Promise<void> => {
  const registration = event.payload as UserRegistration; // the catalogue's type for this event
  const { userId, organisationId, origin } = registration;
  if (await isMember(tx, userId)) return await restateMember(tx, userId);
  const isDone =
    origin.kind === "INVITATION"
      ? await acceptInvitation(tx, registration, origin.invitationId, now)
      : await found(tx, registration, origin.organisationName);
  if (isDone) return;
  await announce(tx, "registration.refused", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId },
  });
};

const isMember = async (tx: Tx, userId: string): Promise<boolean> => {
  const [row] = await tx.db.select({ id: membership.id }).from(membership).where(eq(membership.userId, userId));
  return row !== undefined;
};

/** A customer below the operator, with the person as its owner; under the id that accounts gave it. */
const found = async (tx: Tx, { userId, organisationId }: UserRegistration, name: string): Promise<boolean> => {
  const [operator] = await tx.db
    .select({ id: organisation.organisationId })
    .from(organisation)
    .where(isNull(organisation.parentId));
  if (!operator) throw new Error("the tree is empty");
  await addOrganisation(tx, { id: organisationId, parentId: operator.id, name, kind: "CUSTOMER" });
  await addMember(tx, { userId, organisationId, roles: [OWNER] });
  return true;
};
