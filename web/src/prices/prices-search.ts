import { isId } from "../filters/address.js";

/** What the address of the pages of prices says. */
export interface PricesSearch {
  view?: "promotions" | "coupons" | "taxes";
  /** Whose prices; those of the organisation that the pages are about when left out. */
  organisation?: string;
}

const VIEWS = ["promotions", "coupons", "taxes"] as const;

/** Reads an address; what it does not understand is left out. */
export function parsePricesSearch(input: Record<string, unknown>): PricesSearch {
  const { organisation } = input;
  const view = VIEWS.find((name) => name === input["view"]);
  return {
    ...(view && { view }),
    ...(typeof organisation === "string" && isId(organisation) && { organisation }),
  };
}
