import { isDay } from "../audit/audit-search.js";
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

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads an address; what it does not understand is left out. */
export function parseQuotesSearch(input: Record<string, unknown>): QuotesSearch {
  const text = (key: string, isGood: (value: string) => boolean) => {
    const value = input[key];
    return typeof value === "string" && isGood(value) ? { [key]: value } : {};
  };
  const states = statesOf(typeof input["state"] === "string" ? input["state"] : undefined);
  return {
    ...(states.length > 0 && { state: states.join(",") }),
    ...text("organisation", (value) => ID.test(value)),
    ...text("from", isDay),
    ...text("to", isDay),
  };
}

/** The states that an address names. */
export function statesOf(state: string | undefined): QuoteState[] {
  const named = new Set(state?.split(",") ?? []);
  return STATES.filter((name) => named.has(name));
}

/** The address with one state more, or less. */
export function toggleState(search: QuotesSearch, state: QuoteState): QuotesSearch {
  const before = statesOf(search.state);
  const after = before.includes(state) ? before.filter((name) => name !== state) : [...before, state];
  return parseQuotesSearch({ ...search, state: after.join(",") });
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
