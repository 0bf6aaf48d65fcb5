import type { CatalogueItemKind } from "../gql/graphql.js";

/** What the address of the catalogue says; absent is everything. */
export interface CatalogueSearch {
  kind?: CatalogueItemKind;
  category?: string;
  find?: string;
}

const LONGEST = 100;

/** Reads an address; what it does not understand is left out. */
export function parseCatalogueSearch(input: Record<string, unknown>): CatalogueSearch {
  const { kind, category, find } = input;
  const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
  return {
    ...((kind === "SERVICE" || kind === "PRODUCT") && { kind }),
    ...(isText(category) && { category: category.slice(0, LONGEST) }),
    ...(isText(find) && { find: find.slice(0, LONGEST) }),
  };
}

/** The same as a filter of the graph; one kind only where one was chosen. */
export function filterOf({ kind, category, find }: CatalogueSearch) {
  return { state: ["ACTIVE" as const], kind: kind ?? null, category: category ?? null, search: find ?? null };
}
