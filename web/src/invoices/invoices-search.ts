import { periodOf } from "../audit/audit-search.js";
import { isDay, isId, listed, textOf, toggled } from "../filters/address.js";
import type { InvoiceFilter, InvoiceState } from "../gql/graphql.js";

/** What the address of the list of invoices says; absent is everything. */
export interface InvoicesSearch {
  /** States, joined by commas. */
  state?: string;
  /** Of this organisation and all below it. */
  organisation?: string;
  /** Days such as 2026-01-31, by when the billed period begins; `to` is included. */
  from?: string;
  to?: string;
}

/** What waits for somebody comes first. */
export const STATES = ["OVERDUE", "ISSUED", "DRAFT", "PAID", "VOID"] as const satisfies readonly InvoiceState[];

export const STATE_WORDS: Record<InvoiceState, string> = {
  DRAFT: "Draft",
  ISSUED: "Due",
  PAID: "Paid",
  OVERDUE: "Overdue",
  VOID: "Void",
};

/** Reads an address; what it does not understand is left out. */
export function parseInvoicesSearch(input: Record<string, unknown>): InvoicesSearch {
  const states = listed(STATES, input["state"]);
  return {
    ...(states.length > 0 && { state: states.join(",") }),
    ...textOf(input, "organisation", isId),
    ...textOf(input, "from", isDay),
    ...textOf(input, "to", isDay),
  };
}

/** The states that an address names. */
export function statesOf(state: string | undefined): InvoiceState[] {
  return listed(STATES, state);
}

/** The address with one state more, or less. */
export function toggleState(search: InvoicesSearch, state: InvoiceState): InvoicesSearch {
  return parseInvoicesSearch({ ...search, state: toggled(statesOf(search.state), state) });
}

/** The question to the graph that an address stands for. */
export function filterOf(search: InvoicesSearch): InvoiceFilter {
  const states = statesOf(search.state);
  const period = periodOf(search);
  return {
    ...(search.organisation && { organisationId: search.organisation }),
    ...(states.length > 0 && { state: states }),
    ...(period && { period }),
  };
}
