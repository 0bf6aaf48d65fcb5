import { isDay, isId, textOf } from "../filters/address.js";
import { daysAsPeriod } from "../format/day-start.js";
import type { PaymentProvider, TopUpFilter, TopUpState } from "../gql/graphql.js";

/** What the address of the list of payments says; absent is everything. */
export interface PaymentsSearch {
  state?: StateGroup;
  provider?: PaymentProvider;
  /** Of this organisation and all below it. */
  organisation?: string;
  /** Days such as 2026-01-31; `to` is included. */
  from?: string;
  to?: string;
}

/** States as people look for them. */
export const STATE_GROUPS = {
  open: { label: "Not paid yet", states: ["INITIALISED", "PENDING"] },
  waiting: { label: "To approve", states: ["AWAITING_APPROVAL"] },
  paid: { label: "Paid", states: ["SUCCEEDED"] },
  nothing: { label: "Came to nothing", states: ["FAILED", "CANCELLED", "EXPIRED", "REJECTED"] },
  back: { label: "Went back", states: ["REFUNDED", "CHARGED_BACK"] },
} as const satisfies Record<string, { label: string; states: readonly TopUpState[] }>;

export type StateGroup = keyof typeof STATE_GROUPS;

export const WAYS = [
  "PAYSTACK",
  "PAYGATE",
  "STRIPE",
  "MIDTRANS",
  "MANUAL",
] as const satisfies readonly PaymentProvider[];

/** Reads an address; what it does not understand is left out. */
export function parsePaymentsSearch(input: Record<string, unknown>): PaymentsSearch {
  return {
    ...textOf(input, "state", (value) => Object.hasOwn(STATE_GROUPS, value)),
    ...textOf(input, "provider", (value) => WAYS.some((way) => way === value)),
    ...textOf(input, "organisation", isId),
    ...textOf(input, "from", isDay),
    ...textOf(input, "to", isDay),
  };
}

/** The question to the graph that an address stands for; days are those of the person's zone. */
export function filterOf(search: PaymentsSearch, timeZone: string): TopUpFilter {
  const period = daysAsPeriod(search.from, search.to, timeZone);
  return {
    ...(search.state && { state: [...STATE_GROUPS[search.state].states] }),
    ...(search.provider && { provider: [search.provider] }),
    ...(search.organisation && { organisationId: search.organisation }),
    ...(period && { period }),
  };
}
