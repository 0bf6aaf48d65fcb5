import { kitTables } from "@tollgate/kit";
import { messaging } from "./schema.js";

export { mail } from "./mail/mail.schema.js";
export { notification } from "./notifications/notification.schema.js";
export { membership, person } from "./people/person.schema.js";
export { messaging };

export const { tenancy, outbox, outboxAggregate, outboxLease, inbox, streamSequence } = kitTables(messaging);
