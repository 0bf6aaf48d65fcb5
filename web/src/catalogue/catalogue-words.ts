import type { BillingInterval, ServiceSubscriptionState } from "../gql/graphql.js";

/** How often a service renews, after its price. */
export const INTERVAL_WORDS: Record<BillingInterval, string> = {
  HOURLY: "an hour",
  MONTHLY: "for 30 days",
  ANNUAL: "for 365 days",
};

/** The same as choices of a form. */
export const INTERVALS: { value: BillingInterval; label: string }[] = [
  { value: "HOURLY", label: "Every hour" },
  { value: "MONTHLY", label: "Every 30 days" },
  { value: "ANNUAL", label: "Every 365 days" },
];

export const STATE_WORDS: Record<ServiceSubscriptionState, string> = {
  PENDING: "Starting",
  ACTIVE: "Active",
  PAST_DUE: "Renewal not paid",
  CANCELLED: "Ended",
};

/** What a period of it costs, or it once. */
export function priceWords(formatted: string, interval: BillingInterval | null | undefined): string {
  return interval ? `${formatted} ${INTERVAL_WORDS[interval]}` : formatted;
}

/** A quantity as it is typed: 1 to 1,000, or null. */
export function readQuantity(typed: string): number | null {
  if (!/^\d{1,4}$/.test(typed.trim())) return null;
  const quantity = Number(typed);
  return quantity >= 1 && quantity <= 1_000 ? quantity : null;
}
