import type { TenancyChange } from "../tenancy.js";

/** What organisations says. */
export interface OrganisationsEvents {
  /** organisations → all. Aggregate: the top of the branch that changed. */
  "organisation.changed": readonly TenancyChange[];
  /** organisations → all: what is written for a setting at one organisation. Sealed where it is a secret. Aggregate: the organisation. */
  "setting.changed": SettingChanged;
  /** organisations → billing: what one is called now. Aggregate: the organisation. */
  "organisation.named": OrganisationNamed;
  /** organisations → messaging. Aggregate: the organisation. */
  "organisation.suspended": OrganisationTurn;
  "organisation.reactivated": OrganisationTurn;
  /** organisations → billing: somebody wants it closed; may its money end? Aggregate: the closing. */
  "closing.requested": ClosingTurn;
  /** organisations → accounts, messaging: what a user may do now. Aggregate: the user. */
  "member.changed": MemberChange;
  /** organisations → accounts: how an invitation stands. The mail with its token comes after it. Aggregate: the invitation. */
  "invitation.changed": InvitationChange;
  /** organisations → accounts: there is none; `member.changed` is the yes. Aggregate: the user. */
  "registration.refused": RegistrationRefusal;
  /** organisations → all, itself included. Aggregate: the organisation. */
  "organisation.erased": OrganisationErasure;
  /** organisations → messaging. Aggregate: the organisation. */
  "security.suspected": Suspicion;
}

export interface SettingChanged {
  organisationId: string;
  key: string;
  /** False: taken away, what is inherited counts again. */
  isSet: boolean;
  /** As JSON has it; null of a secret, which travels sealed under the keys of settings. */
  value: unknown;
  /** Of the key that opens the secret. */
  keyId: string | null;
  /** Of this setting at this organisation (decimal); the newest state counts. */
  version: string;
  changedAt: Date;
  changedBy: string | null;
}

export interface OrganisationNamed {
  organisationId: string;
  name: string;
  /** Of the name (decimal); the newest counts. */
  version: string;
}

export interface OrganisationTurn {
  organisationId: string;
  name: string;
  reason: string | null;
}

export interface ClosingTurn {
  closingId: string;
  organisationId: string;
}

export interface MemberChange {
  userId: string;
  organisationId: string;
  /** Sorted `resource:action`; empty when the membership has ended. */
  permissions: readonly string[];
  /** Whether one of the roles is the built-in owner: accounts never lets the last one of an organisation go. */
  isOwner: boolean;
}

export interface InvitationChange {
  invitationId: string;
  organisationId: string;
  email: string;
  /** SHA-256 of the newest token, hexadecimal: nobody finds the token by it. */
  tokenHash: string;
  expiresAt: Date;
  /** False once it was accepted, revoked or replaced. */
  isOpen: boolean;
}

export interface RegistrationRefusal {
  userId: string;
  organisationId: string;
}

export interface OrganisationErasure {
  erasureId: string;
  organisationId: string;
  reason: string;
  requestedBy: string | null;
}

/** Something in the audit trail of an organisation that looks like an attack. */
export interface Suspicion {
  organisationId: string;
  pattern: "failedSignIns" | "foreignIds" | "massExport" | "oddHours" | "trailBroken";
  /** Whom or what it is about. */
  subject: { kind: "USER" | "API_KEY" | "ADDRESS" | "TRAIL"; id: string };
  /** How often it was seen. */
  count: number;
  at: Date;
}
