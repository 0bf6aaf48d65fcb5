import { listed, toggled } from "../filters/address.js";
import type { VmFilter, VmOrder, VmOrderBy, VmState } from "../gql/graphql.js";

/** What the address of the machines' table says; absent is the default. */
export interface MachinesSearch {
  search?: string;
  /** States, joined by commas. */
  state?: string;
  sort?: VmOrderBy;
  down?: boolean;
}

const STATES = [
  "RUNNING",
  "STOPPED",
  "SUSPENDED",
  "PROVISIONING",
  "FAILED",
  "DELETED",
] as const satisfies readonly VmState[];
const SORTS = new Set<string>(["NAME", "STATE", "CREATED_AT", "CPU", "MEMORY", "HEALTH"]);

/** Reads an address; what it does not understand is left out. */
export function parseMachinesSearch(input: Record<string, unknown>): MachinesSearch {
  const result: MachinesSearch = {};
  if (typeof input["search"] === "string" || typeof input["search"] === "number") {
    const search = String(input["search"]).trim();
    if (search !== "") result.search = search;
  }
  const states = listed(STATES, input["state"]);
  if (states.length > 0) result.state = states.join(",");
  if (typeof input["sort"] === "string" && SORTS.has(input["sort"])) result.sort = input["sort"] as VmOrderBy; // one of SORTS
  if (input["down"] === true || input["down"] === "true") result.down = true;
  return result;
}

/** The states that an address names. */
export function statesOf(state: string | undefined): VmState[] {
  return listed(STATES, state);
}

/** The address with one state more, or less. */
export function toggleState(search: MachinesSearch, state: VmState): MachinesSearch {
  return parseMachinesSearch({ ...search, state: toggled(statesOf(search.state), state) });
}

/** Sorts by a column in the direction in which one looks for it: numbers from the largest. */
export function sortBy(search: MachinesSearch, by: VmOrderBy): MachinesSearch {
  return parseMachinesSearch({ ...search, sort: by, down: startsDown(by) });
}

function startsDown(by: VmOrderBy): boolean {
  return by !== "NAME" && by !== "STATE";
}

/** Sorts by a column; again the same column turns the direction. */
export function toggleSort(search: MachinesSearch, by: VmOrderBy): MachinesSearch {
  if ((search.sort ?? "NAME") !== by) return sortBy(search, by);
  return parseMachinesSearch({ ...search, sort: by, down: !search.down });
}

/** The question to the graph that an address stands for. */
export function toVariables(search: MachinesSearch): { filter: VmFilter; order: VmOrder } {
  const states = statesOf(search.state);
  return {
    filter: { ...(search.search && { search: search.search }), ...(states.length > 0 && { state: states }) },
    order: { by: search.sort ?? "NAME", direction: search.down ? "DESCENDING" : "ASCENDING" },
  };
}
