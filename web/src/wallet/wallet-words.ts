import type { LedgerEntryKind, WalletState } from "../gql/graphql.js";

export const WALLET_STATES: Record<WalletState, string> = {
  ACTIVE: "Active",
  LOW: "Running low",
  OUT_OF_FUNDS: "Out of funds: machines run on their reserve",
  STOPPED: "Out of funds: machines are stopped",
  CLOSED: "Closed",
};

export const ENTRY_KINDS: Record<LedgerEntryKind, string> = {
  TOP_UP: "Top-up",
  REFUND: "Refund",
  CHARGEBACK: "Chargeback",
  HOLD: "Held",
  CAPTURE: "Charged from a hold",
  RELEASE: "Released",
  USAGE: "Usage",
  SERVICE: "Service",
  INVOICE_PAYMENT: "Invoice paid",
  CREDIT_NOTE: "Credit note",
  PROMOTION: "Promotion",
  ADJUSTMENT: "Correction",
  WRITE_OFF: "Written off",
};
