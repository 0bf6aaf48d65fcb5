import { PersonalData, pseudonymEmail, pseudonymName } from "@tollgate/kit";

/** What organisations keeps of people: their places and roles, and what they did. */
export const organisationsPersonalData = new PersonalData({
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
    keeps: {
      invited_by: "an id that leads to a pseudonym; the row is of whoever was invited",
      revoked_by: "an id that leads to a pseudonym; the row is of whoever was invited",
    },
  },
  idempotency: { none: "digests and ids, forgotten after 30 days" },
  membership: { by: ["user_id", "invited_by"], erase: "KEEP" },
  audit_unsealed: { none: "ids of entries that wait for their place in the chain" },
  audit_link: { none: "ids and hashes of entries" },
  audit_anchor: { none: "hashes" },
  audit_checkpoint: { none: "hashes" },
  audit_verification: { none: "what verifying the chain found" },
  audit_alarm: { none: "ids of suspicions, for some days" },
  audit_entry: {
    by: ["actor_id"],
    byText: ["resource_id"],
    erase: "KEEP",
    keeps: {
      actor_kind: "whether it was a person",
      actor_name: "the name of a job",
      address: "what the trail proves: from where it was done",
      user_agent: "what the trail proves: with which program",
    },
  },
});
