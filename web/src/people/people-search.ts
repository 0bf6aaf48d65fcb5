import { listed, toggled } from "../filters/address.js";
import type { UserFilter, UserOrder, UserOrderBy, UserStatus } from "../gql/graphql.js";

/** What the address of the people's list says; absent is the default. */
export interface PeopleSearch {
  search?: string;
  /** Statuses, joined by commas. */
  status?: string;
  /** Those with a second factor, or those without. */
  factor?: "on" | "off";
  sort?: UserOrderBy;
  down?: boolean;
}

/** Those that one looks for. A locked person is an active one who has to wait, so that no list can be asked for them. */
export const STATUSES = ["ACTIVE", "UNVERIFIED", "DEACTIVATED", "ERASED"] as const satisfies readonly UserStatus[];

const SORTS = ["DISPLAY_NAME", "CREATED_AT", "LAST_SIGNED_IN_AT"] as const satisfies readonly UserOrderBy[];

/** Reads an address; what it does not understand is left out. */
export function parsePeopleSearch(input: Record<string, unknown>): PeopleSearch {
  const result: PeopleSearch = {};
  const { search, status, factor, sort, down } = input;
  if (typeof search === "string" || typeof search === "number") {
    const text = String(search).trim();
    if (text !== "") result.search = text;
  }
  const statuses = listed(STATUSES, status);
  if (statuses.length > 0) result.status = statuses.join(",");
  if (factor === "on" || factor === "off") result.factor = factor;
  const by = SORTS.find((name) => name === sort);
  if (by && by !== "DISPLAY_NAME") result.sort = by;
  if (down === true || down === "true") result.down = true;
  return result;
}

/** The statuses that an address names. */
export function statusesOf(status: string | undefined): UserStatus[] {
  return listed(STATUSES, status);
}

/** The address with one status more, or less. */
export function toggleStatus(search: PeopleSearch, status: UserStatus): PeopleSearch {
  return parsePeopleSearch({ ...search, status: toggled(statusesOf(search.status), status) });
}

/** The question to the graph that an address stands for. */
export function toVariables(search: PeopleSearch): { filter: UserFilter; order: UserOrder } {
  const statuses = statusesOf(search.status);
  return {
    filter: {
      ...(search.search && { search: search.search }),
      ...(statuses.length > 0 && { status: statuses }),
      ...(search.factor && { mfaEnabled: search.factor === "on" }),
    },
    order: { by: search.sort ?? "DISPLAY_NAME", direction: search.down ? "DESCENDING" : "ASCENDING" },
  };
}
