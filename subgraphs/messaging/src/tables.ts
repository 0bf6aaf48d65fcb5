import { kitTables } from "@tollgate/kit";
import { messaging } from "./schema.js";

export { simulatedEvent, simulatedPhone } from "./adapters/simulated/network.schema.js";
export { signInCode } from "./codes/code.schema.js";
export { contact, conversation, message } from "./conversations/conversation.schema.js";
export { idempotency } from "./idempotency/idempotency.schema.js";
export { mail } from "./mail/mail.schema.js";
export { notification } from "./notifications/notification.schema.js";
export { membership, person } from "./people/person.schema.js";
export { whatsappSession } from "./whatsapp/session.schema.js";
export { messaging };

export const { tenancy, outbox, outboxAggregate, outboxLease, inbox, streamSequence, settingValue } =
  kitTables(messaging);
