import { expect, it } from "vitest";
import { filterOf, parseInvoicesSearch, toggleState } from "./invoices-search.js";

it("reads an address, leaves out what it does not understand, and asks the graph for the rest", () => {
  const search = parseInvoicesSearch({
    state: "PAID,NONSENSE,OVERDUE",
    organisation: "x",
    from: "2026-06-01",
    to: "June",
  });
  expect(search).toEqual({ state: "OVERDUE,PAID", from: "2026-06-01" });
  expect(filterOf(search)).toMatchObject({ state: ["OVERDUE", "PAID"], period: { from: "2026-06-01T00:00:00.000Z" } });
  expect(filterOf({})).toEqual({});
});

it("switches states on and off", () => {
  const once = toggleState({}, "ISSUED");
  expect(once).toEqual({ state: "ISSUED" });
  expect(toggleState(once, "ISSUED")).toEqual({});
});
