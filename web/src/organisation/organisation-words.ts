import type { OrganisationKind, OrganisationStatus } from "../gql/graphql.js";

export const KIND_WORDS: Record<OrganisationKind, string> = {
  INTERNAL: "Operator",
  RESELLER: "Reseller",
  CUSTOMER: "Customer",
};

export const STATUS_WORDS: Record<OrganisationStatus, string> = {
  ACTIVE: "Active",
  SUSPENDED: "Suspended",
  CLOSED: "Closed",
};

export const KINDS: readonly OrganisationKind[] = ["RESELLER", "CUSTOMER"];
export const STATUSES: readonly OrganisationStatus[] = ["ACTIVE", "SUSPENDED", "CLOSED"];

/** What the address of the page says: what is chosen, and what is looked for. */
export interface OrganisationSearch {
  selected?: string | undefined;
  search?: string | undefined;
  kind?: OrganisationKind | undefined;
  status?: OrganisationStatus | undefined;
}

const oneOf = <Value extends string>(values: readonly Value[], value: unknown): Value | undefined =>
  values.find((known) => known === value);

const textOf = (value: unknown): string | undefined => {
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  return text === "" ? undefined : text.slice(0, 120);
};

export const parseOrganisationSearch = (search: Record<string, unknown>): OrganisationSearch => ({
  selected: textOf(search["selected"]),
  search: textOf(search["search"]),
  kind: oneOf(KINDS, search["kind"]),
  status: oneOf(STATUSES, search["status"]),
});

/** Whether a flat list is asked for, rather than the tree. */
export const isFiltered = ({ search, kind, status }: OrganisationSearch): boolean =>
  search !== undefined || kind !== undefined || status !== undefined;
