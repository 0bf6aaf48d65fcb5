import { describe, expect, it } from "vitest";
import { filterOf, parseQuotesSearch, toggleState } from "./quotes-search.js";

const ZONE = "Africa/Johannesburg";
const ID = "01990000-0000-7000-8001-000000000010";

describe("the address of the list of quotes", () => {
  it("stands for a question to the graph", () => {
    const search = parseQuotesSearch({
      state: "EXPIRED,ISSUED",
      organisation: ID,
      from: "2026-01-31",
      to: "2026-02-01",
    });
    expect(filterOf(search, ZONE)).toEqual({
      organisationId: ID,
      state: ["ISSUED", "EXPIRED"],
      period: { from: "2026-01-30T22:00:00.000Z", to: "2026-02-01T22:00:00.000Z" },
    });
    expect(filterOf({}, ZONE)).toEqual({});
  });

  it("leaves out what nobody can have meant", () => {
    expect(parseQuotesSearch({ state: "OPEN", organisation: "mine", from: "2026-02-30", to: 7 })).toEqual({});
    expect(filterOf({ from: "2026-02-02", to: "2026-01-01" }, ZONE)).toEqual({});
  });

  it("takes a state in, and out again", () => {
    const one = toggleState({}, "REJECTED");
    expect(one).toEqual({ state: "REJECTED" });
    expect(toggleState(one, "DRAFT")).toEqual({ state: "DRAFT,REJECTED" });
    expect(toggleState(one, "REJECTED")).toEqual({});
  });
});
