import { isDay, periodOf } from "../audit/audit-search.js";
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

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads an address; what it does not understand is left out. */
export function parseInvoicesSearch(input: Record<string, unknown>): InvoicesSearch {
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
export function statesOf(state: string | undefined): InvoiceState[] {
  const named = new Set(state?.split(",") ?? []);
  return STATES.filter((name) => named.has(name));
}

/** The address with one state more, or less. */
export function toggleState(search: InvoicesSearch, state: InvoiceState): InvoicesSearch {
  const before = statesOf(search.state);
  const after = before.includes(state) ? before.filter((name) => name !== state) : [...before, state];
  return parseInvoicesSearch({ ...search, state: after.join(",") });
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
