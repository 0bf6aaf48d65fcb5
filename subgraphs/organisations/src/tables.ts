import { kitTables } from "@tollgate/kit";
import { organisations } from "./schema.js";

export { organisations };

export const { tenancy, outbox, outboxAggregate, outboxLease, inbox, streamSequence, settingValue } =
  kitTables(organisations);

/** Numbers every change of the tree, under the tree's lock. */
export const treeVersion = organisations.sequence("tree_version");

export { auditEntry } from "./audit/audit.schema.js";
export {
  auditAlarm,
  auditAnchor,
  auditCheckpoint,
  auditLink,
  auditUnsealed,
  auditVerification,
} from "./audit/chain.schema.js";
export { idempotency } from "./idempotency/idempotency.schema.js";
export { invitation } from "./invitations/invitations.schema.js";
export { membership, membershipRole } from "./members/members.schema.js";
export { person } from "./people/person.schema.js";
export { role } from "./roles/role.schema.js";
export { closing } from "./tree/closing.schema.js";
export { organisation } from "./tree/tree.schema.js";
