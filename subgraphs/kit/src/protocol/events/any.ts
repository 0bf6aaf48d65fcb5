import type { SubgraphName } from "../processes.js";

/** What more than one subgraph says. */
export interface EventsOfAny {
  /** Any → messaging. Aggregate: whoever gets it. A secret for the text (a code, a token) travels sealed. */
  "mail.requested": MailRequest;
  /** All → accounts: a part of the archive, sealed. Aggregate: the export. */
  "personalData.exported": ExportPart;
  /** All → accounts: it is done there. Aggregate: the erasure. */
  "erasure.confirmed": ErasureConfirmation;
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

export interface ExportPart {
  exportId: string;
  subgraph: SubgraphName;
  /** From 0, without gaps. */
  number: number;
  isLast: boolean;
  /** There was more than an archive takes. */
  isCut: boolean;
}

export interface ErasureConfirmation {
  erasureId: string;
  subgraph: SubgraphName;
  /** Rows that were changed or removed. */
  rows: number;
}
