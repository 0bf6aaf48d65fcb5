import { describe, expect, it } from "vitest";
import { parsePeopleSearch, toggleStatus, toVariables } from "./people-search.js";

describe("the address of the people's list", () => {
  it("keeps what it understands and leaves the rest out", () => {
    expect(parsePeopleSearch({ search: " naledi ", status: "ACTIVE,NOBODY", factor: "off", down: "true" })).toEqual({
      search: "naledi",
      status: "ACTIVE",
      factor: "off",
      down: true,
    });
    expect(parsePeopleSearch({ search: " ", status: "LOCKED", factor: "maybe", sort: "DISPLAY_NAME" })).toEqual({});
  });

  it("takes a status in and out again", () => {
    const both = toggleStatus(toggleStatus({}, "DEACTIVATED"), "ACTIVE");
    expect(both.status).toBe("ACTIVE,DEACTIVATED");
    expect(toggleStatus(toggleStatus(both, "ACTIVE"), "DEACTIVATED")).toEqual({});
  });

  it("asks the graph what it says", () => {
    expect(toVariables({})).toEqual({ filter: {}, order: { by: "DISPLAY_NAME", direction: "ASCENDING" } });
    expect(toVariables({ search: "n", status: "ACTIVE", factor: "on", sort: "CREATED_AT", down: true })).toEqual({
      filter: { search: "n", status: ["ACTIVE"], mfaEnabled: true },
      order: { by: "CREATED_AT", direction: "DESCENDING" },
    });
  });
});
