import type { LedgerEntryKind, PaymentProvider, TopUpState, WalletState } from "../gql/graphql.js";

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
  SERVICE: "Service or product",
  INVOICE_PAYMENT: "Invoice paid",
  CREDIT_NOTE: "Credit note",
  PROMOTION: "Promotion",
  ADJUSTMENT: "Correction",
  WRITE_OFF: "Written off",
};

export const TOP_UP_STATES: Record<TopUpState, string> = {
  INITIALISED: "Not paid yet",
  PENDING: "Not paid yet",
  AWAITING_APPROVAL: "Waiting for approval",
  SUCCEEDED: "Added to the wallet",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  EXPIRED: "Expired",
  REJECTED: "Rejected",
  REFUNDED: "Refunded",
  CHARGED_BACK: "Charged back",
};

/** Ways of paying, as a person chooses among them. */
export const PROVIDERS: Record<PaymentProvider, { name: string; how: string }> = {
  PAYSTACK: { name: "Paystack", how: "Card or instant EFT, credited within minutes" },
  PAYGATE: { name: "PayGate", how: "Card or instant EFT, credited within minutes" },
  STRIPE: { name: "Stripe", how: "Card, credited within minutes" },
  MIDTRANS: { name: "Midtrans", how: "Card, virtual account or e-wallet, credited within minutes" },
  MANUAL: { name: "Bank transfer", how: "You hand in a proof; somebody approves it" },
};

/** Whether the person still can pay. */
export function isPayable(state: TopUpState): boolean {
  return state === "INITIALISED" || state === "PENDING";
}

/** Whether the person or somebody else still has something to do. */
export function isOpen(state: TopUpState): boolean {
  return state === "INITIALISED" || state === "PENDING" || state === "AWAITING_APPROVAL";
}
