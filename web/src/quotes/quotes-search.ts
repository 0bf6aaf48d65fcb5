import { isDay, isId, listed, textOf, toggled } from "../filters/address.js";
import { daysAsPeriod } from "../format/day-start.js";
import type { QuoteFilter, QuoteState } from "../gql/graphql.js";

/** What the address of the list of quotes says; absent is everything. */
export interface QuotesSearch {
  /** States, joined by commas. */
  state?: string;
  /** Of this organisation and all below it. */
  organisation?: string;
  /** Days such as 2026-01-31; `to` is included. */
  from?: string;
  to?: string;
}

/** In the order in which a quote goes through them. */
export const STATES = ["DRAFT", "ISSUED", "ACCEPTED", "REJECTED", "EXPIRED"] as const satisfies readonly QuoteState[];

/** Reads an address; what it does not understand is left out. */
export function parseQuotesSearch(input: Record<string, unknown>): QuotesSearch {
  const states = listed(STATES, input["state"]);
  return {
    ...(states.length > 0 && { state: states.join(",") }),
    ...textOf(input, "organisation", isId),
    ...textOf(input, "from", isDay),
    ...textOf(input, "to", isDay),
  };
}

/** The states that an address names. */
export function statesOf(state: string | undefined): QuoteState[] {
  return listed(STATES, state);
}

/** The address with one state more, or less. */
export function toggleState(search: QuotesSearch, state: QuoteState): QuotesSearch {
  return parseQuotesSearch({ ...search, state: toggled(statesOf(search.state), state) });
}

/** The question to the graph that an address stands for; days are those of the person's zone. */
export function filterOf(search: QuotesSearch, timeZone: string): QuoteFilter {
  const states = statesOf(search.state);
  const period = daysAsPeriod(search.from, search.to, timeZone);
  return {
    ...(search.organisation && { organisationId: search.organisation }),
    ...(states.length > 0 && { state: states }),
    ...(period && { period }),
  };
}
