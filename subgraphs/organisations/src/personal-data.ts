import { announce, type Person, PersonalData, pseudonymEmail, pseudonymName, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { redactPerson } from "./audit/redaction.js";
import { membership } from "./tables.js";

/** Ends the membership, so that nobody is left in a list of members, and takes the person out of the trail. */
const erasePerson = async (tx: Tx, person: Person): Promise<number> => {
  const { userId } = person;
  const [ended] = await tx.db
    .delete(membership)
    .where(eq(membership.userId, userId))
    .returning({ organisationId: membership.organisationId });
  if (ended) {
    const { organisationId } = ended;
    await announce(tx, "member.changed", {
      aggregateId: userId,
      organisationId,
      payload: { userId, organisationId, permissions: [], isOwner: false },
    });
  }
  return (ended ? 1 : 0) + (await redactPerson(tx, person));
};

/** What organisations keeps of people: their places and roles, and what they did. */
export const organisationsPersonalData = new PersonalData(
  {
    organisation: { none: "names of organisations, which contracts and invoices refer to" },
    role: { by: ["created_by"], erase: "KEEP", keeps: { name: "of a role", description: "of a role" } },
    closing: { by: ["requested_by"], erase: "KEEP" },
    membership_role: { by: [], byText: ["granted_by"], erase: "KEEP" },
    person: {
      by: ["user_id"],
      erase: {
        email: pseudonymEmail("user_id"),
        display_name: pseudonymName("user_id"),
        status: "'ERASED'",
      },
    },
    invitation: {
      by: ["accepted_by"],
      byEmail: ["email"],
      secret: ["token_hash"],
      erase: { email: pseudonymEmail("coalesce(accepted_by, id)") },
      eraseOrganisation: { email: pseudonymEmail("coalesce(accepted_by, id)") },
      keeps: {
        invited_by: "an id that leads to a pseudonym; the row is of whoever was invited",
        revoked_by: "an id that leads to a pseudonym; the row is of whoever was invited",
      },
    },
    idempotency: { none: "digests and ids, forgotten after 30 days" },
    membership: {
      by: ["user_id"],
      erase: "KEEP",
      keeps: { invited_by: "an id that leads to a pseudonym; the row is of whoever was invited" },
    },
    audit_unsealed: { none: "ids of entries that wait for their place in the chain" },
    audit_link: { none: "ids and hashes of entries" },
    audit_anchor: { none: "hashes" },
    audit_checkpoint: { none: "hashes" },
    audit_verification: { none: "what verifying the chain found" },
    audit_alarm: { none: "ids of suspicions, for some days" },
    audit_entry: {
      by: ["actor_id"],
      secret: ["origin_salt", "origin_digest", "values_salt", "values_digest"],
      erase: "KEEP",
      keeps: {
        actor_kind: "whether it was a person",
        actor_name: "the name of a job",
        address: "taken out by a function, without breaking the chain",
        user_agent: "taken out by a function, without breaking the chain",
      },
    },
  },
  { erasePerson },
);
