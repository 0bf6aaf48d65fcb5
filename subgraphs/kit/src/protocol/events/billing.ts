import type { ClosingTurn } from "./organisations.js";
import type { VmChange } from "./telemetry.js";

/** What billing says. */
export interface BillingEvents {
  /** billing → organisations: its wallets are shut, so that it can be closed. Aggregate: the closing. */
  "closing.cleared": ClosingTurn;
  /** billing → organisations: it has money, debts or something under way. Aggregate: the closing. */
  "closing.refused": ClosingRefused;
  /** billing → telemetry. Aggregate: the order. */
  "order.placed": OrderPlacement;
  /** billing → telemetry: stop the order's provisioning if that is still possible. Aggregate: the order. */
  "provisioning.cancelRequested": ProvisioningCancel;
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
}

export interface ClosingRefused extends ClosingTurn {
  /** In words for people. */
  reason: string;
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
