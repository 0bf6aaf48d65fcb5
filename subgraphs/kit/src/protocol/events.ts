import type { SubgraphName } from "./processes.js";
import type { TenancyChange } from "./tenancy.js";

/** What a subgraph tells the others: the payload of each event by its type. Events of one aggregate arrive in order. */
export interface EventPayloads {
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
  /** billing → organisations: its wallets are shut, so that it can be closed. Aggregate: the closing. */
  "closing.cleared": ClosingTurn;
  /** billing → organisations: it has money, debts or something under way. Aggregate: the closing. */
  "closing.refused": ClosingRefused;
  /** organisations → accounts, messaging: what a user may do now. Aggregate: the user. */
  "member.changed": MemberChange;
  /** accounts → organisations, messaging. Aggregate: the user. */
  "user.changed": UserChange;
  /** organisations → accounts: how an invitation stands. The mail with its token comes after it. Aggregate: the invitation. */
  "invitation.changed": InvitationChange;
  /** accounts → organisations: a new user that needs its membership, or goes again. Aggregate: the user. */
  "user.registered": UserRegistration;
  /** organisations → accounts: there is none; `member.changed` is the yes. Aggregate: the user. */
  "registration.refused": RegistrationRefusal;
  /** accounts → messaging. Aggregate: the user. */
  "session.started": SessionStart;
  "user.lockedOut": LockOut;
  /** accounts → itself: looks up, out of the asker's sight, whether there is somebody to send a link to. */
  "passwordReset.requested": ResetRequest;
  /** Any → messaging. Aggregate: whoever gets it. A secret for the text (a code, a token) travels sealed. */
  "mail.requested": MailRequest;
  /** accounts → messaging: a one-time code by WhatsApp, else by e-mail; the code travels sealed. Aggregate: the user. */
  "signInCode.requested": SignInCodeRequest;
  /** messaging → accounts: whether one-time codes can go out by a channel. Aggregate: the operator's organisation. */
  "codeChannel.changed": CodeChannelChange;
  /** accounts → all, itself included. The person's e-mail travels sealed. Aggregate: the export. */
  "personalData.exportRequested": ExportRequest;
  /** All → accounts: a part of the archive, sealed. Aggregate: the export. */
  "personalData.exported": ExportPart;
  /** accounts → all, itself included: takes the person out of every table. The e-mail travels sealed. Aggregate: the user. */
  "user.erased": UserErasure;
  /** organisations → all, itself included. Aggregate: the organisation. */
  "organisation.erased": OrganisationErasure;
  /** All → accounts: it is done there. Aggregate: the erasure. */
  "erasure.confirmed": ErasureConfirmation;
  /** telemetry → billing. Aggregate: the machine. */
  "vm.changed": VmChange;
  /** billing → telemetry. Aggregate: the order. */
  "order.placed": OrderPlacement;
  /** billing → telemetry: stop the order's provisioning if that is still possible. Aggregate: the order. */
  "provisioning.cancelRequested": ProvisioningCancel;
  /** telemetry → billing: how an order's provisioning ended, or that the hypervisor has begun. Aggregate: the order. */
  "provisioning.changed": ProvisioningChange;
  /** billing → telemetry: grace is over, these machines stop. Aggregate: the wallet. */
  "machines.stopRequested": MachinesTurn;
  /** billing → telemetry: there is money again, what was stopped for want of it resumes. Aggregate: the wallet. */
  "machines.resumeRequested": MachinesTurn;
  /** billing → messaging. Aggregate: the wallet. */
  "wallet.warned": WalletWarning;
  /** billing → messaging. Aggregate: the top-up. */
  "topUp.changed": TopUpChange;
  /** billing → messaging. Aggregate: the top-up. */
  "payment.refused": PaymentIncident;
  /** billing → messaging. Aggregate: the invoice. */
  "invoice.changed": InvoiceChange;
  /** billing → messaging. Aggregate: the order. */
  "order.ended": OrderEnd;
  /** billing → messaging: a service subscription needs money, or ends. Aggregate: the service subscription. */
  "serviceSubscription.changed": ServiceSubscriptionChange;
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

export interface ClosingRefused extends ClosingTurn {
  /** In words for people. */
  reason: string;
}

export interface MemberChange {
  userId: string;
  organisationId: string;
  /** Sorted `resource:action`; empty when the membership has ended. */
  permissions: readonly string[];
  /** Whether one of the roles is the built-in owner: accounts never lets the last one of an organisation go. */
  isOwner: boolean;
}

export interface UserChange {
  userId: string;
  organisationId: string;
  email: string;
  displayName: string;
  locale: string;
  status: "UNVERIFIED" | "ACTIVE" | "LOCKED" | "DEACTIVATED" | "ERASED";
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

export interface UserRegistration {
  userId: string;
  /** Of a sign-up the id that the new organisation gets. */
  organisationId: string;
  origin: { kind: "INVITATION"; invitationId: string } | { kind: "SIGN_UP"; organisationName: string };
}

export interface RegistrationRefusal {
  userId: string;
  organisationId: string;
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

/** What a mail tells of; messaging has a design for each. Those with a link or a code bring it sealed. */
export type MailKind =
  | "SIGN_IN_CODE"
  | "PASSWORD_RESET"
  | "PASSWORD_CHANGED"
  | "EMAIL_CHANGE"
  | "EMAIL_CHANGED"
  | "EMAIL_VERIFICATION"
  | "SIGN_UP_TAKEN"
  | "INVITATION"
  | "FACTOR_CHANGED"
  | "DATA_EXPORT_READY"
  | "DATA_ERASED"
  | "TOP_UP"
  | "INVOICE_ISSUED"
  | "INVOICE_REMINDER"
  | "CREDIT_NOTE";

export interface MailRequest {
  kind: MailKind;
  /** Null: to somebody who is no user (yet). */
  userId: string | null;
  organisationId: string;
  to: string;
  /** Empty where nobody knows the name. */
  displayName: string;
  locale: string;
  /** When the secret in it ends, or nobody needs the mail any more; null: it stays true. */
  expiresAt: Date | null;
  /** What the text tells beside that, by name; which ones is said at the design of each kind. Never a secret. */
  facts: Readonly<Record<string, string>>;
}

export interface ExportRequest {
  exportId: string;
  userId: string;
  organisationId: string;
}

export interface ExportPart {
  exportId: string;
  subgraph: SubgraphName;
  /** From 0, without gaps. */
  number: number;
  isLast: boolean;
  /** There was more than an archive takes. */
  isCut: boolean;
}

export interface UserErasure {
  erasureId: string;
  userId: string;
  organisationId: string;
}

export interface OrganisationErasure {
  erasureId: string;
  organisationId: string;
  reason: string;
  requestedBy: string | null;
}

export interface ErasureConfirmation {
  erasureId: string;
  subgraph: SubgraphName;
  /** Rows that were changed or removed. */
  rows: number;
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

export interface CodeChannelChange {
  channel: "WHATSAPP";
  isReady: boolean;
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
  /** Since when it counts as this, by telemetry's clock: use is charged from here on. */
  at: Date;
}

export interface OrderPlacement {
  orderId: string;
  organisationId: string;
  /** Signed proof of the hold (JWS): hold id, order id, digest of `vm`, not to be begun after `startBefore`. */
  receipt: string;
  vm: {
    name: string;
    image: string;
    vcpus: number;
    memoryBytes: bigint;
    disks: VmChange["disks"];
  };
}

export interface ProvisioningCancel {
  orderId: string;
  organisationId: string;
}

export interface ProvisioningChange {
  orderId: string;
  organisationId: string;
  /** STARTED: the hypervisor has it and it cannot be cancelled any more. The others are final. */
  state: "STARTED" | "RUNNING" | "FAILED" | "CANCELLED";
  vmId: string | null;
  /** In words for the person who ordered; of FAILED. */
  reason: string | null;
  at: Date;
}

export interface MachinesTurn {
  organisationId: string;
  walletId: string;
  /** Null: all that this concerns. In the order in which they shall stop. */
  vmIds: readonly string[] | null;
  at: Date;
}

export interface WalletWarning {
  walletId: string;
  organisationId: string;
  /**
   * The threshold that was crossed, in hours of runway; 0: out of funds, grace has begun; -1: grace is over for some
   * machines or for all; -2: nothing runs any more, and what is kept for storage ends within a day.
   */
  hours: 72 | 24 | 6 | 0 | -1 | -2;
  /** Available now, for people: `R 5,00`. */
  available: string;
  runsOutAt: Date | null;
  /** Whether the organisation uses on credit and pays by invoice; absent: no. */
  isInvoiced?: boolean;
  at: Date;
}

export interface TopUpChange {
  topUpId: string;
  walletId: string;
  organisationId: string;
  state:
    | "AWAITING_APPROVAL"
    | "SUCCEEDED"
    | "FAILED"
    | "EXPIRED"
    | "REJECTED"
    | "REFUNDED"
    | "REFUND_FAILED"
    | "CHARGED_BACK"
    | "CHARGEBACK_REVERSED";
  /** For people: what was to be paid, or what of it went back. */
  amount: string;
  /** For people: what a coupon added; null for nothing. */
  bonus: string | null;
  /** What the payer quotes. */
  reference: string;
  startedBy: string | null;
  reason: string | null;
  at: Date;
}

/** A provider told something of a payment that was not believed; no money moved. */
export interface PaymentIncident {
  topUpId: string;
  /** Whose payment it is. */
  organisationId: string;
  reference: string;
  provider: string;
  /** For people. */
  problem: string;
  at: Date;
}

export interface InvoiceChange {
  invoiceId: string;
  /** Who pays. */
  organisationId: string;
  issuerId: string;
  /** As it stands on the invoice. */
  issuerName: string;
  what: "ISSUED" | "REMINDER" | "CREDIT_NOTE";
  /** Of the invoice, or of the credit note. */
  number: string;
  /** Of what it is about, and what is due of the invoice now; for people. */
  amount: string;
  due: string;
  isDue: boolean;
  dueAt: Date | null;
  /** Of a credit note. */
  reason: string | null;
  at: Date;
}

export interface OrderEnd {
  orderId: string;
  organisationId: string;
  placedBy: string | null;
  state: "COMPLETED" | "FAILED" | "CANCELLED";
  vmName: string;
  reason: string | null;
  at: Date;
}

export interface ServiceSubscriptionChange {
  serviceSubscriptionId: string;
  organisationId: string;
  /** For people: `2 × Care`. */
  service: string;
  /**
   * UNCOVERED: the money does not reach for the renewal that is coming. ENDING: it ends by itself then. PAST_DUE: the renewal
   * could not be paid, until then it is tried again. UNPAID: that time is over, and so is it. ENDED: as was asked.
   */
  change: "UNCOVERED" | "ENDING" | "PAST_DUE" | "UNPAID" | "ENDED";
  /** What the change says `then` of; of UNPAID and ENDED when it ended. */
  until: Date;
  /** What the renewal costs with tax, for people. */
  amount: string | null;
  at: Date;
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
