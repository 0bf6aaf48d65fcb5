import { isDay, isId, textOf } from "../filters/address.js";
import { daysAsPeriod } from "../format/day-start.js";
import type { PaymentProvider, ProviderEventFilter, ProviderEventState } from "../gql/graphql.js";
import { WAYS } from "./payments-search.js";

/** What the address of the list of webhooks says; absent is everything. */
export interface EventsSearch {
  state?: ProviderEventState;
  provider?: PaymentProvider;
  /** About one payment. */
  topUp?: string;
  from?: string;
  to?: string;
}

export const EVENT_STATES = [
  "FAILED",
  "REFUSED",
  "RECEIVED",
  "APPLIED",
  "DUPLICATE",
] as const satisfies readonly ProviderEventState[];

/** Those that send webhooks: nobody tells of a transfer. */
export const ONLINE_WAYS = WAYS.filter((way) => way !== "MANUAL");

/** Reads an address; what it does not understand is left out. */
export function parseEventsSearch(input: Record<string, unknown>): EventsSearch {
  return {
    ...textOf(input, "state", (value) => EVENT_STATES.some((state) => state === value)),
    ...textOf(input, "provider", (value) => ONLINE_WAYS.some((way) => way === value)),
    ...textOf(input, "topUp", isId),
    ...textOf(input, "from", isDay),
    ...textOf(input, "to", isDay),
  };
}

/** The question to the graph that an address stands for; days are those of the person's zone. */
export function eventFilterOf(search: EventsSearch, timeZone: string): ProviderEventFilter {
  const period = daysAsPeriod(search.from, search.to, timeZone);
  return {
    ...(search.state && { state: [search.state] }),
    ...(search.provider && { provider: search.provider }),
    ...(search.topUp && { topUpId: search.topUp }),
    ...(period && { period }),
  };
}
