import { describe, expect, it } from "vitest";
import { filterOf, isFiltered, parseAuditSearch } from "./audit-search.js";

const ID = "01a1fe08-38b6-733d-813f-9f4f15cbcce6";

describe("the address of the audit page", () => {
  it("names a filter, and nothing that it does not understand", () => {
    const address = {
      organisation: ID,
      actor: "nobody",
      outcome: "LOST",
      security: "true",
      from: "2026-02-30",
      to: "2026-03-01",
      x: 1,
    };
    expect(parseAuditSearch(address)).toEqual({ organisation: ID, security: true, to: "2026-03-01" });
    expect(parseAuditSearch({ action: " ", id: 7 })).toEqual({ id: "7" });
  });

  it("becomes the question to the graph, its last day included", () => {
    const search = parseAuditSearch({
      action: "vm:power, vm:delete",
      id: "x",
      outcome: "REFUSED",
      from: "2026-01-31",
      to: "2026-01-31",
    });
    expect(filterOf(search)).toEqual({
      action: ["vm:power", "vm:delete"],
      resourceId: "x",
      outcome: ["REFUSED"],
      period: { from: "2026-01-31T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z" },
    });
    expect(filterOf({ from: "2026-02-02", to: "2026-02-01" })).toEqual({});
  });

  it("asks for everything where it names the view alone", () => {
    expect(isFiltered({ view: "report" })).toBe(false);
    expect(isFiltered({ resource: "vm" })).toBe(true);
  });
});
