import { PersonalData } from "@tollgate/kit";

/** What organisations keeps of people: their places and roles, and what they did. */
export const organisationsPersonalData = new PersonalData({
  organisation: { none: "names of organisations, which contracts and invoices refer to" },
  membership_role: { by: [], byText: ["granted_by"], erase: "KEEP" },
  membership: { by: ["user_id", "invited_by"], erase: "KEEP" },
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
