/** What accounts says. */
export interface AccountsEvents {
  /** accounts → organisations, messaging. Aggregate: the user. */
  "user.changed": UserChange;
  /** accounts → organisations: a new user that needs its membership, or goes again. Aggregate: the user. */
  "user.registered": UserRegistration;
  /** accounts → messaging. Aggregate: the user. */
  "session.started": SessionStart;
  "user.lockedOut": LockOut;
  /** accounts → itself: looks up, out of the asker's sight, whether there is somebody to send a link to. */
  "passwordReset.requested": ResetRequest;
  /** accounts → messaging: a one-time code by WhatsApp, else by e-mail; the code travels sealed. Aggregate: the user. */
  "signInCode.requested": SignInCodeRequest;
  /** accounts → all, itself included. The person's e-mail travels sealed. Aggregate: the export. */
  "personalData.exportRequested": ExportRequest;
  /** accounts → all, itself included: takes the person out of every table. The e-mail travels sealed. Aggregate: the user. */
  "user.erased": UserErasure;
}

export interface UserChange {
  userId: string;
  organisationId: string;
  email: string;
  displayName: string;
  locale: string;
  status: "UNVERIFIED" | "ACTIVE" | "LOCKED" | "DEACTIVATED" | "ERASED";
}

export interface UserRegistration {
  userId: string;
  /** Of a sign-up the id that the new organisation gets. */
  organisationId: string;
  origin: { kind: "INVITATION"; invitationId: string } | { kind: "SIGN_UP"; organisationName: string };
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

export interface ResetRequest {
  /** As it was typed, in lower case; whether anybody has it is not known yet. */
  email: string;
  address: string;
  userAgent: string;
  at: Date;
}

export interface SignInCodeRequest {
  userId: string;
  organisationId: string;
  /** E.164. */
  phone: string;
  /** Where it goes instead, when it cannot go out by WhatsApp. */
  email: string;
  displayName: string;
  locale: string;
  /** When the code ends. */
  expiresAt: Date;
}

export interface ExportRequest {
  exportId: string;
  userId: string;
  organisationId: string;
}

export interface UserErasure {
  erasureId: string;
  userId: string;
  organisationId: string;
}
