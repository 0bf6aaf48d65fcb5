import { kitTables } from "@tollgate/kit";
import { accounts } from "./schema.js";

export { accounts };

export const { tenancy, outbox, outboxAggregate, outboxLease, inbox, streamSequence, settingValue } =
  kitTables(accounts);

export { apiKey, idempotency } from "./api-keys/api-keys.schema.js";
export { emailToken } from "./emails/emails.schema.js";
export { erasure, erasureConfirmation } from "./erasure/erasure.schema.js";
export { dataExport, dataExportPart } from "./exports/exports.schema.js";
export { authenticator, codeChannel, recoveryCode, trustedDevice } from "./factors/factors.schema.js";
export { signingKey } from "./keys/keys.schema.js";
export { resetRequest } from "./passwords/passwords.schema.js";
export { openInvitation, registration, registrationRequest, signUp } from "./registration/registration.schema.js";
export { revocation, session } from "./sessions/sessions.schema.js";
export { challenge, signInAttempt } from "./sign-in/sign-in.schema.js";
export { grant, user } from "./users/users.schema.js";
