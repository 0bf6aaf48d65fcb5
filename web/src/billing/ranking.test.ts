import { expect, it } from "vitest";
import { isSame, placed, rankingOf, unranked } from "./ranking.js";

const RANKING = { ranked: ["a", "b", "c"], others: ["d", "e"] };

it("puts the lowest rank first and those without one apart", () => {
  const machines = [{ id: "d" }, { id: "b", stopRank: 2 }, { id: "e", stopRank: null }, { id: "a", stopRank: 1 }];
  expect(rankingOf(machines)).toEqual({ ranked: ["a", "b"], others: ["d", "e"] });
});

it("moves machines within the ranking, into it, and no further than its ends", () => {
  expect(placed(RANKING, "a", 1).ranked).toEqual(["b", "a", "c"]);
  expect(placed(RANKING, "c", 0).ranked).toEqual(["c", "a", "b"]);
  expect(placed(RANKING, "c", 9).ranked).toEqual(["a", "b", "c"]);
  expect(placed(RANKING, "a", -1).ranked).toEqual(["a", "b", "c"]);
  expect(placed(RANKING, "e", 3)).toEqual({ ranked: ["a", "b", "c", "e"], others: ["d"] });
});

it("takes a rank away", () => {
  expect(unranked(RANKING, "b")).toEqual({ ranked: ["a", "c"], others: ["d", "e", "b"] });
  expect(isSame(RANKING, unranked(RANKING, "d"))).toBe(true);
  expect(isSame(RANKING, unranked(RANKING, "a"))).toBe(false);
});
