import { expect, it } from "vitest";
import { groupsOf, type InvoiceLine } from "./invoice-lines.js";

const line = (description: string, minorUnits: string, machine: string | null, kind: InvoiceLine["kind"] = "BASE") =>
  ({
    kind,
    description: machine === null ? description : `${machine}: ${description}`,
    machine,
    amount: { minorUnits, formatted: "" },
    vm: machine ? { id: `id of ${machine}` } : null,
  }) as InvoiceLine; // the rest does not matter here

it("puts lines of a machine together below its name, and leaves taxes for the end", () => {
  const groups = groupsOf([
    line("vCPU", "100", "web"),
    line("Memory", "30", "db: one"),
    line("Memory, 5 % off for volume", "20", "web"),
    line("First hours, paid when ordered", "-10", null),
    line("VAT, 15 %", "21", null, "TAX"),
  ]);
  expect(
    groups.map(({ machine, sum, lines }) => [
      machine?.name,
      sum,
      lines.map(({ line: { description } }) => description),
    ]),
  ).toEqual([
    ["web", "120", ["vCPU", "Memory, 5 % off for volume"]],
    ["db: one", "30", ["Memory"]],
    [undefined, "-10", ["First hours, paid when ordered"]],
  ]);
});
