import { expect, it } from "vitest";
import { groupsOf, type InvoiceLine } from "./invoice-lines.js";

const line = (description: string, minorUnits: string, vmId: string | null, kind: InvoiceLine["kind"] = "BASE") =>
  ({ kind, description, amount: { minorUnits, formatted: "" }, vm: vmId ? { id: vmId } : null }) as InvoiceLine; // the rest does not matter here

it("puts lines of a machine together below its name, and leaves taxes for the end", () => {
  const groups = groupsOf([
    line("web: vCPU", "100", "1"),
    line("db: one: Memory", "30", "2"),
    line("web: Memory, 5 % off for volume", "20", "1"),
    line("First hours, paid when ordered", "-10", null),
    line("VAT, 15 %", "21", null, "TAX"),
  ]);
  expect(groups.map(({ machine, sum, lines }) => [machine?.name, sum, lines.map(({ what }) => what)])).toEqual([
    ["web", "120", ["vCPU", "Memory, 5 % off for volume"]],
    ["db: one", "30", ["Memory"]],
    [undefined, "-10", ["First hours, paid when ordered"]],
  ]);
});
