import { PersonalData, pseudonymEmail, pseudonymName } from "@tollgate/kit";

/** A phone number that nobody has (no country begins with 999), unique within the organisation. */
const NOBODYS_PHONE =
  "'+999' || lpad((('x' || substr(md5(t.id::text), 1, 12))::bit(48)::bigint % 100000000000)::text, 11, '0')";

/** What messaging keeps of people: of users to reach them, and of the contacts that organisations write with. */
export const messagingPersonalData = new PersonalData({
  person: {
    by: ["user_id"],
    byEmail: ["email"],
    erase: {
      email: pseudonymEmail("user_id"),
      display_name: pseudonymName("user_id"),
      locale: "'en-ZA'",
      status: "'ERASED'",
    },
  },
  membership: { by: ["user_id"], erase: "DELETE" },
  notification: { by: ["user_id"], erase: "DELETE" },
  sign_in_code: {
    by: ["user_id"],
    byEmail: ["email"],
    secret: ["sealed"],
    erase: "DELETE",
    eraseOrganisation: "DELETE",
  },
  mail: { by: ["user_id"], byEmail: ["recipient"], secret: ["sealed"], erase: "DELETE", eraseOrganisation: "DELETE" },
  message: {
    by: ["author_id"],
    erase: "KEEP",
    eraseOrganisation: { text: "''", failure_reason: "null", provider_id: "null" },
    keeps: {
      text: "what a member wrote to a contact is the organisation's correspondence; it goes when the organisation is erased",
    },
  },
  contact: {
    erase: "KEEP",
    eraseOrganisation: { phone: NOBODYS_PHONE, name: "null" },
    keeps: { phone: "contacts are of the organisation, and go when it is erased" },
  },
  conversation: { none: "which contact, by id" },
  whatsapp_session: {
    erase: "KEEP",
    eraseOrganisation: { phone: "null", pairing_phone: "null", credentials: "null", sealed_code: "null" },
    keeps: { phone: "the organisation's own number" },
  },
  simulated_phone: { erase: "KEEP", eraseOrganisation: "DELETE", keeps: { phone: "of the organisation's session" } },
  simulated_event: { erase: "KEEP", eraseOrganisation: "DELETE", keeps: { contact_phone: "of a contact" } },
  idempotency: { none: "digests and ids, forgotten after 30 days" },
});
