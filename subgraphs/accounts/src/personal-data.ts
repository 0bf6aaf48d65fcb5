import { PersonalData, pseudonymEmail, pseudonymName } from "@tollgate/kit";

/** What accounts keeps of people: who they are, how they come in, and from where they did. */
export const accountsPersonalData = new PersonalData({
  challenge: { by: ["user_id"], secret: ["code_hash"], erase: "DELETE" },
  session: { by: ["user_id"], secret: ["refresh_hash", "previous_hash"], erase: "DELETE" },
  authenticator: { by: ["user_id"], secret: ["secret", "pending"], erase: "DELETE" },
  recovery_code: { by: ["user_id"], secret: ["hash"], erase: "DELETE" },
  trusted_device: { by: ["user_id"], secret: ["hash"], erase: "DELETE" },
  code_channel: { none: "whether codes can go out by WhatsApp at the moment" },
  sign_in_attempt: {
    by: ["user_id"],
    byEmail: ["email"],
    erase: {
      email: "coalesce('erased-' || user_id::text || '@erased.invalid', 'erased')",
      address: "'-'",
      user_agent: "'-'",
    },
  },
  data_export_part: { none: "sealed parts of archives, of the export beside" },
  data_export: { by: ["user_id"], erase: "DELETE" },
  erasure_confirmation: { none: "which subgraph has erased what" },
  erasure: {
    by: ["subject_id", "requested_by"],
    secret: ["sealed_email"],
    erase: "KEEP",
    keeps: { sealed_email: "where to tell that it is done; removed with that" },
  },
  grant: { by: ["user_id"], erase: "DELETE" },
  user: {
    by: ["id"],
    secret: ["password_hash"],
    erase: {
      email: pseudonymEmail("id"),
      email_verified: "false",
      display_name: pseudonymName("id"),
      phone: "null",
      locale: "'en-ZA'",
      time_zone: "'UTC'",
      // No password has this hash, so nobody comes in by guessing the pseudonym's e-mail.
      password_hash: "'erased'",
      status: "'ERASED'",
      last_signed_in_at: "null",
    },
  },
  api_key: {
    by: ["created_by", "answered_by"],
    secret: ["secret_hash", "previous_hash", "session_id", "previous_session_id"],
    erase: "KEEP",
    keeps: {
      allowed_addresses: "networks that a key of the organisation works from",
      last_used_from: "of a partner's program",
    },
  },
  email_token: { by: ["user_id"], secret: ["token_hash"], erase: "DELETE" },
  reset_request: { byEmail: ["email"], erase: "DELETE" },
  open_invitation: { byEmail: ["email"], secret: ["token_hash"], erase: "DELETE", eraseOrganisation: "DELETE" },
  registration: { by: ["user_id"], secret: ["token_hash"], erase: "DELETE" },
  registration_request: { byEmail: ["email"], erase: "DELETE" },
  sign_up: { byEmail: ["email"], secret: ["password_hash", "token_hash"], erase: "DELETE" },
  revocation: { by: ["user_id"], erase: "KEEP" },
  signing_key: { none: "keys of tokens" },
  idempotency: { none: "digests and sealed results, forgotten after 30 days" },
});
