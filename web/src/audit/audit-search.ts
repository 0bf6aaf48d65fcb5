import { isDay, isId } from "../filters/address.js";
import { daysAsPeriod } from "../format/day-start.js";
import type { AuditFilter, AuditOutcome } from "../gql/graphql.js";

/** What the address of the audit page says; absent is everything. */
export interface AuditSearch {
  view?: "report";
  organisation?: string;
  action?: string;
  resource?: string;
  id?: string;
  actor?: string;
  outcome?: AuditOutcome;
  security?: true;
  /** Days such as 2026-01-31; `to` is included. */
  from?: string;
  to?: string;
}

const OUTCOMES = new Set<string>(["SUCCEEDED", "REFUSED", "FAILED"]);

/** Reads an address; what it does not understand is left out. */
export function parseAuditSearch(input: Record<string, unknown>): AuditSearch {
  const text = (key: string): string | undefined => {
    const value = input[key];
    const words = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
    return words === "" || words.length > 200 ? undefined : words;
  };
  const matching = (key: string, isGood: (value: string) => boolean) => {
    const value = text(key);
    return value !== undefined && isGood(value) ? value : undefined;
  };
  const outcome = matching("outcome", (value) => OUTCOMES.has(value)) as AuditOutcome | undefined; // one of OUTCOMES
  const found: AuditSearch = {
    ...(input["view"] === "report" && { view: "report" }),
    organisation: matching("organisation", isId),
    action: text("action"),
    resource: text("resource"),
    id: text("id"),
    actor: matching("actor", isId),
    outcome,
    ...((input["security"] === true || input["security"] === "true") && { security: true as const }),
    from: matching("from", isDay),
    to: matching("to", isDay),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** Days as a period in UTC, as the trail counts them; null where none is named or they are the wrong way round. */
export function periodOf({ from, to }: AuditSearch): { from: string; to: string } | null {
  return daysAsPeriod(from, to, "UTC");
}

/** The question to the graph that an address stands for. */
export function filterOf(search: AuditSearch): AuditFilter {
  const period = periodOf(search);
  return {
    ...(search.organisation && { organisationId: search.organisation }),
    ...(search.action && { action: search.action.split(",").map((action) => action.trim()) }),
    ...(search.resource && { resource: search.resource }),
    ...(search.id && { resourceId: search.id }),
    ...(search.actor && { actorId: search.actor }),
    ...(search.outcome && { outcome: [search.outcome] }),
    ...(search.security && { securityOnly: true }),
    ...(period && { period }),
  };
}

/** Whether an address asks for less than everything. */
export function isFiltered({ view: _view, ...rest }: AuditSearch): boolean {
  return Object.keys(rest).length > 0;
}
