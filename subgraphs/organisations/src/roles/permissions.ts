import type { OrganisationKind } from "@tollgate/kit/protocol";

/** One thing that somebody may do, `resource:action`. */
export interface PermissionDefinition {
  key: string;
  resource: string;
  action: string;
  /** What it allows, for people. */
  sentence: string;
  /** Kinds of organisation whose roles may hold it. */
  kinds: readonly OrganisationKind[];
}

const EVERYBODY: readonly OrganisationKind[] = ["INTERNAL", "RESELLER", "CUSTOMER"];
/** Acts on organisations strictly below: nobody is below a customer. */
const ABOVE_OTHERS: readonly OrganisationKind[] = ["INTERNAL", "RESELLER"];
const OPERATOR: readonly OrganisationKind[] = ["INTERNAL"];

const define = (kinds: readonly OrganisationKind[], sentences: Record<string, string>): PermissionDefinition[] =>
  Object.entries(sentences).map(([key, sentence]) => {
    const [resource = "", action = ""] = key.split(":");
    return { key, resource, action, sentence, kinds };
  });

/** The one registry of permissions. The matrix page, the built-in roles and the documentation are drawn from it. */
export const PERMISSIONS: readonly PermissionDefinition[] = [
  ...define(EVERYBODY, {
    "user:read": "See the people of the estate with their contact details.",
    "user:manage": "Deactivate, reactivate and unlock people, end their sessions, and reset a lost second factor.",
    "user:erase": "Pseudonymise a person for good.",
    "apiKey:read": "See API keys, without their secrets.",
    "apiKey:manage": "Create, rotate and revoke API keys.",
    "signInAttempt:read": "See who tried to sign in, and from where.",
    "organisation:read": "See the organisation tree.",
    "organisation:update": "Rename an organisation.",
    "member:read": "See members and invitations.",
    "member:invite": "Invite people.",
    "member:manage": "Assign roles and remove members.",
    "role:read": "See roles and what they allow.",
    "role:manage": "Create and change the organisation's own roles.",
    "setting:read": "See settings.",
    "setting:write": "Change settings at one's level.",
    "audit:read": "See the audit trail and its reports.",
    "audit:export": "Download the audit trail.",
    "wallet:read": "See wallets, the ledger and top-ups.",
    "wallet:topUp": "Start top-ups and prove payments.",
    "wallet:configure": "Choose which machines stop first when the money ends.",
    "price:read": "See price lists and taxes.",
    "promotion:read": "See promotions and coupons.",
    "quote:read": "See quotes and estimates.",
    "quote:create": "Make quotes.",
    "order:read": "See orders and their progress.",
    "order:place": "Place and cancel orders, and reject quotes.",
    "catalogue:read": "See the catalogue.",
    "catalogue:manage": "Change what the organisation sells.",
    "serviceSubscription:read": "See subscriptions to services.",
    "serviceSubscription:manage": "Subscribe to services, change and cancel them.",
    "usage:read": "See usage, costs and spend.",
    "invoice:read": "See invoices.",
    "invoice:pay": "Pay invoices.",
    "vm:read": "See machines, their samples and the fleet.",
    "vm:power": "Start, stop and reboot machines.",
    "vm:update": "Rename and label machines.",
    "vm:delete": "Delete machines for good.",
    "alert:read": "See alert rules, incidents and silences.",
    "alert:manage": "Change alert rules and silences.",
    "incident:acknowledge": "Acknowledge and silence incidents.",
    "ingest:read": "See ingest tokens, without their secrets, and limits.",
    "ingest:manage": "Create and revoke ingest tokens, and map series.",
    "workload:read": "See workloads.",
    "workload:manage": "Scale and restart workloads.",
    "whatsapp:read": "See WhatsApp sessions.",
    "whatsapp:manage": "Pair and connect WhatsApp, and see its codes.",
    "conversation:read": "Read the inbox, contacts and notes.",
    "conversation:manage": "Assign and label conversations, and change contacts.",
    "message:send": "Send messages.",
    "contact:export": "Download everything kept about a contact.",
    "contact:erase": "Erase a contact for good.",
    "template:read": "See message templates.",
    "template:manage": "Change message templates.",
    "schedule:read": "See scheduled messages.",
    "schedule:manage": "Schedule and cancel messages.",
    "automation:read": "See the policy and use of automatic replies.",
    "automation:manage": "Change the policy of automatic replies.",
    "webhook:manage": "Manage webhooks and see their deliveries.",
  }),
  ...define(ABOVE_OTHERS, {
    "organisation:create": "Create organisations below one's own.",
    "organisation:move": "Move a branch of the tree.",
    "organisation:suspend": "Suspend and reactivate organisations below.",
    "organisation:close": "Close an organisation below for good.",
    "organisation:erase": "Erase the people of a closed organisation below.",
    "wallet:adjust": "Correct the wallet of an organisation below.",
    "topUp:approve": "Approve manual payments of organisations below.",
    "topUp:refund": "Refund top-ups of organisations below.",
    "price:manage": "Set prices and taxes for organisations below.",
    "promotion:manage": "Make offers to organisations below.",
    "billing:manage": "Set the billing mode and credit limit of organisations below.",
    "invoice:manage": "Issue, void and credit invoices to organisations below.",
  }),
  ...define(OPERATOR, {
    "ledger:verify": "Verify the ledger.",
    "providerEvent:read": "See webhooks received from payment providers.",
    "workerNode:read": "See worker nodes and their capacity.",
    "workerNode:manage": "Change and remove worker nodes.",
    "operations:read": "See event queues and dead letters.",
    "operations:replay": "Put dead letters back into the queue.",
  }),
];
