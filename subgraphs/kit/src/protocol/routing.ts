import type { PassThroughRoute } from "./http.js";
import type { SubgraphName } from "./processes.js";

const EVERYBODY: readonly SubgraphName[] = ["accounts", "organisations", "billing", "telemetry", "messaging"];

/**
 * Which subgraphs take which events. Written down rather than asked for, so that a process knows where its events go
 * also while the others are away; a subgraph refuses to start when this is not what its inbox accepts.
 */
export const EVENT_CONSUMERS: Readonly<Record<string, readonly SubgraphName[]>> = {
  "organisation.changed": ["accounts", "billing", "telemetry", "messaging"],
  "organisation.named": ["billing"],
  "setting.changed": ["accounts", "billing", "telemetry", "messaging"],
  "organisation.suspended": ["messaging"],
  "organisation.reactivated": ["messaging"],
  "closing.requested": ["billing"],
  "closing.cleared": ["organisations"],
  "closing.refused": ["organisations"],
  "member.changed": ["accounts", "messaging"],
  "user.changed": ["organisations", "messaging"],
  "invitation.changed": ["accounts"],
  "user.registered": ["organisations"],
  "registration.refused": ["accounts"],
  "session.started": ["messaging"],
  "user.lockedOut": ["messaging"],
  "passwordReset.requested": ["accounts"],
  "mail.requested": ["messaging"],
  "signInCode.requested": ["messaging"],
  "codeChannel.changed": ["accounts"],
  "personalData.exportRequested": EVERYBODY,
  "personalData.exported": ["accounts"],
  "user.erased": EVERYBODY,
  "organisation.erased": EVERYBODY,
  "erasure.confirmed": ["accounts"],
  "vm.changed": ["billing"],
  "order.placed": ["telemetry"],
  "provisioning.cancelRequested": ["telemetry"],
  "provisioning.changed": ["billing"],
  "machines.stopRequested": ["telemetry"],
  "machines.resumeRequested": ["telemetry"],
  "wallet.warned": ["messaging"],
  "topUp.changed": ["messaging"],
  "payment.refused": ["messaging"],
  "invoice.changed": ["messaging"],
  "order.ended": ["messaging"],
  "serviceSubscription.changed": ["messaging"],
  "security.suspected": ["messaging"],
  "audit.recorded": ["organisations"],
};

/** A path outside the graph that the gateway passes on to its subgraph. */
export interface PassedOn extends Pick<PassThroughRoute, "method" | "path" | "maxBytes" | "streams"> {
  subgraph: SubgraphName;
  /** Of the demo alone. */
  demo?: true;
}

/** Written down for the same reason, and checked in the same way. */
export const PASSED_ON: readonly PassedOn[] = [
  { subgraph: "accounts", method: "GET", path: "/.well-known/jwks.json" },
  { subgraph: "accounts", method: "GET", path: "/files/exports" },
  { subgraph: "organisations", method: "GET", path: "/files/audit", streams: true },
  { subgraph: "billing", method: "PUT", path: "/files/proofs", maxBytes: 5 * 1024 * 1024 },
  { subgraph: "billing", method: "GET", path: "/files/proofs" },
  { subgraph: "billing", method: "GET", path: "/files/documents" },
  { subgraph: "billing", method: "GET", path: "/files/transactions", streams: true },
  { subgraph: "billing", method: "GET", path: "/files/invoices", streams: true },
  ...["paystack", "paygate", "midtrans", "stripe"].map((provider) => ({
    subgraph: "billing" as const,
    method: "POST" as const,
    path: `/webhooks/payments/${provider}`,
    maxBytes: 256 * 1024,
  })),
  { subgraph: "billing", method: "GET", path: "/payments/return" },
  { subgraph: "billing", method: "POST", path: "/payments/return", maxBytes: 64 * 1024 },
  { subgraph: "billing", method: "GET", path: "/demo/payments", demo: true },
  { subgraph: "billing", method: "POST", path: "/demo/payments", maxBytes: 16 * 1024, demo: true },
  { subgraph: "billing", method: "POST", path: "/demo/payments/paygate", maxBytes: 16 * 1024, demo: true },
  { subgraph: "messaging", method: "GET", path: "/mailbox", demo: true },
  { subgraph: "messaging", method: "GET", path: "/mailbox/messages", demo: true },
  { subgraph: "messaging", method: "GET", path: "/mailbox/message", demo: true },
];
