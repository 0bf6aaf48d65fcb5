import { describe, expect, it } from "vitest";
import type { ItemFieldsFragment } from "../gql/graphql.js";
import { type Chosen, linesOf, MOST_CHOSEN, placed, retyped, toggled } from "./chosen.js";

const product = (id: string): ItemFieldsFragment => ({
  id,
  kind: "PRODUCT",
  name: `Product ${id}`,
  description: null,
  category: null,
  interval: null,
  version: 1,
  state: "ACTIVE",
  price: { minorUnits: "100", currency: "ZAR", formatted: "R 1,00" },
  organisation: null,
});

const NONE: readonly Chosen[] = [];
const two = toggled(toggled(NONE, product("a")), product("b"));

describe("products for a quote", () => {
  it("are chosen once each and taken out again", () => {
    expect(linesOf(two)).toEqual([
      { itemId: "a", quantity: 1 },
      { itemId: "b", quantity: 1 },
    ]);
    expect(linesOf(toggled(two, product("a")))).toEqual([{ itemId: "b", quantity: 1 }]);
  });

  it("are no lines while there is none of them, or a quantity that is none", () => {
    expect(linesOf(NONE)).toBeNull();
    expect(linesOf(retyped(two, "b", "many"))).toBeNull();
    expect(linesOf(retyped(two, "b", "12"))?.[1]).toEqual({ itemId: "b", quantity: 12 });
  });

  it("are as many as one quote takes, and no more", () => {
    const ids = Array.from({ length: MOST_CHOSEN + 1 }, (_, nth) => `${nth}`);
    expect(ids.reduce((chosen, id) => toggled(chosen, product(id)), NONE)).toHaveLength(MOST_CHOSEN);
  });

  it("are told what is wrong with which of them", () => {
    const problems = [
      { path: ["items", "1", "itemId"], message: "Not on sale." },
      { path: ["currency"], message: "No such money." },
    ];
    expect(placed(two, problems)).toEqual({ byItem: new Map([["b", "Not on sale."]]), rest: "No such money." });
  });
});
