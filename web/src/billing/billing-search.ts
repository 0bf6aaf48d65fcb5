import type { SpendBreakdown, SpendStep } from "../gql/graphql.js";

/** What the address of the billing page says: a time, and what its spend is split by. Absent is the running month. */
export interface BillingSearch {
  /** Instants; half-open. */
  from?: string;
  to?: string;
  by?: SpendBreakdown;
}

const DAY_MS = 86_400_000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const BY: readonly SpendBreakdown[] = ["VM", "SERVICE", "RESOURCE"];

const instantOf = (value: unknown): string | undefined =>
  typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;

/** Reads an address; what it does not understand is left out. */
export function parseBillingSearch(search: Record<string, unknown>): BillingSearch {
  const [from, to] = [instantOf(search["from"]), instantOf(search["to"])];
  const by = BY.find((known) => known === search["by"]);
  return { ...(from && to && from < to && { from, to }), ...(by && by !== "VM" && { by }) };
}

/** The time that an address names; null is the running month. */
export function periodOf({ from, to }: BillingSearch): { from: string; to: string } | null {
  return from && to ? { from, to } : null;
}

/** How wide the points of a chart are: hours of a few days, days of a quarter, months of more. */
export function stepFor(period: { from: string; to: string } | null): SpendStep {
  if (!period) return "DAY";
  const days = (Date.parse(period.to) - Date.parse(period.from)) / DAY_MS;
  if (days <= 3) return "HOUR";
  return days <= 100 ? "DAY" : "MONTH";
}
