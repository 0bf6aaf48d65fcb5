import type { LedgerEntryKind } from "../gql/graphql.js";

/** Of the wallet's page: which transactions are listed; all when left out. */
export interface WalletSearch {
  kind?: TransactionGroup;
  /** The top-up that one comes back from paying. */
  topUp?: string;
  /** Of the wallet; the organisation's main one when left out. */
  currency?: string;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Kinds of entries as people ask for them. */
const GROUPS = {
  "top-ups": ["TOP_UP", "REFUND", "CHARGEBACK"],
  orders: ["HOLD", "CAPTURE", "RELEASE"],
  usage: ["USAGE", "SERVICE"],
  other: ["INVOICE_PAYMENT", "CREDIT_NOTE", "PROMOTION", "ADJUSTMENT", "WRITE_OFF"],
} as const satisfies Record<string, readonly LedgerEntryKind[]>;

export type TransactionGroup = keyof typeof GROUPS;

export function parseWalletSearch(search: Record<string, unknown>): WalletSearch {
  const { kind, topUp, currency } = search;
  return {
    ...(typeof kind === "string" && Object.hasOwn(GROUPS, kind) && { kind: kind as TransactionGroup }), // a key of GROUPS
    ...(typeof topUp === "string" && ID.test(topUp) && { topUp }),
    ...(typeof currency === "string" && /^[A-Z]{3}$/.test(currency) && { currency }),
  };
}

export function kindsOf(group: TransactionGroup): LedgerEntryKind[] {
  return [...GROUPS[group]];
}
