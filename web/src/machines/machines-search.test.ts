import { describe, expect, it } from "vitest";
import { parseMachinesSearch, sortBy, toggleSort, toggleState, toVariables } from "./machines-search.js";

describe("the address of the machines' table", () => {
  it("keeps what it understands and drops the rest", () => {
    expect(
      parseMachinesSearch({ search: " web ", state: "RUNNING,NONSENSE", sort: "CPU", down: true, other: 1 }),
    ).toEqual({
      search: "web",
      state: "RUNNING",
      sort: "CPU",
      down: true,
    });
    expect(parseMachinesSearch({ search: "", state: "", sort: "PRICE", down: "perhaps" })).toEqual({});
  });

  it("keeps a search that looks like a number", () => {
    expect(parseMachinesSearch({ search: 10 })).toEqual({ search: "10" });
  });

  it("adds and takes away a state", () => {
    const running = toggleState({}, "RUNNING");
    expect(running).toEqual({ state: "RUNNING" });
    expect(toggleState(running, "FAILED")).toEqual({ state: "RUNNING,FAILED" });
    expect(toggleState(running, "RUNNING")).toEqual({});
  });

  it("starts numbers with the largest and turns at the second click", () => {
    const once = toggleSort({}, "CPU");
    expect(once).toEqual({ sort: "CPU", down: true });
    expect(toggleSort(once, "CPU")).toEqual({ sort: "CPU" });
    expect(sortBy(once, "MEMORY")).toEqual({ sort: "MEMORY", down: true });
    expect(sortBy(once, "NAME")).toEqual({ sort: "NAME" });
    expect(toggleSort({}, "NAME")).toEqual({ sort: "NAME", down: true });
  });

  it("becomes filter and order of the graph", () => {
    expect(toVariables({ search: "web", state: "RUNNING,STOPPED", sort: "HEALTH", down: true })).toEqual({
      filter: { search: "web", state: ["RUNNING", "STOPPED"] },
      order: { by: "HEALTH", direction: "DESCENDING" },
    });
    expect(toVariables({})).toEqual({ filter: {}, order: { by: "NAME", direction: "ASCENDING" } });
  });
});
