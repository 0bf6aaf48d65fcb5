import { describe, expect, it } from "vitest";
import { filterOf, parseCatalogueSearch } from "./catalogue-search.js";
import { priceWords, readQuantity } from "./catalogue-words.js";

describe("the catalogue's page", () => {
  it("reads quantities from 1 to 1,000 and nothing else", () => {
    expect(["1", " 12 ", "1000"].map(readQuantity)).toEqual([1, 12, 1_000]);
    expect(["", "0", "1001", "1.5", "-1", "1e2", "many"].map(readQuantity)).toEqual(
      Array.from({ length: 7 }, () => null),
    );
  });

  it("says how long a price is for", () => {
    expect(priceWords("R 100,00", "MONTHLY")).toBe("R 100,00 for 30 days");
    expect(priceWords("R 100,00", null)).toBe("R 100,00");
  });

  it("keeps what one looks for in the address, and leaves out what it does not understand", () => {
    expect(parseCatalogueSearch({ kind: "SERVICE", category: "Care", find: "night", other: 1 })).toEqual({
      kind: "SERVICE",
      category: "Care",
      find: "night",
    });
    expect(parseCatalogueSearch({ kind: "CAR", category: " ", find: 3 })).toEqual({});
    expect(filterOf({ find: "night" })).toEqual({ state: ["ACTIVE"], kind: null, category: null, search: "night" });
  });
});
