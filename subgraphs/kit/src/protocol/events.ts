import type { TenancyChange } from "./tenancy.js";

/** What a subgraph tells the others: the payload of each event by its type. Events of one aggregate arrive in order. */
export interface EventPayloads {
  /** organisations → all. Aggregate: the top of the branch that changed. */
  "organisation.changed": readonly TenancyChange[];
  /** organisations → messaging. Aggregate: the organisation. */
  "organisation.suspended": OrganisationTurn;
  "organisation.reactivated": OrganisationTurn;
  /** organisations → accounts, messaging: what a user may do now. Aggregate: the user. */
  "member.changed": MemberChange;
  /** accounts → organisations, messaging. Aggregate: the user. */
  "user.changed": UserChange;
  /** accounts → messaging. Aggregate: the user. */
  "session.started": SessionStart;
  "user.lockedOut": LockOut;
  /** Any → messaging. Aggregate: whoever gets it. A secret for the text (a code) travels sealed. */
  "mail.requested": MailRequest;
  /** telemetry → billing. Aggregate: the machine. */
  "vm.changed": VmChange;
}

export interface OrganisationTurn {
  organisationId: string;
  name: string;
  reason: string | null;
}

export interface MemberChange {
  userId: string;
  organisationId: string;
  /** Sorted `resource:action`; empty when the membership has ended. */
  permissions: readonly string[];
}

export interface UserChange {
  userId: string;
  organisationId: string;
  email: string;
  displayName: string;
  locale: string;
  status: "UNVERIFIED" | "ACTIVE" | "LOCKED" | "DEACTIVATED" | "ERASED";
}

export interface SessionStart {
  userId: string;
  organisationId: string;
  sessionId: string;
  /** Such as `Firefox on Linux`. */
  device: string;
  address: string;
  /** Whether the user has signed in from this device before. */
  isKnownDevice: boolean;
  at: Date;
}

export interface LockOut {
  userId: string;
  organisationId: string;
  until: Date;
}

export interface MailRequest {
  kind: "SIGN_IN_CODE";
  userId: string;
  organisationId: string;
  to: string;
  displayName: string;
  locale: string;
  /** When the secret in it ends. */
  expiresAt: Date;
}

export interface VmChange {
  vmId: string;
  organisationId: string;
  name: string;
  state: "PROVISIONING" | "RUNNING" | "STOPPED" | "SUSPENDED" | "FAILED" | "DELETED";
  vcpus: number;
  memoryBytes: bigint;
  disks: readonly { name: string; sizeBytes: bigint; storage: "STANDARD" | "SSD" | "NVME" }[];
  /** Whether its organisation pays for it; the operator's own host costs nothing. */
  isCharged: boolean;
}
