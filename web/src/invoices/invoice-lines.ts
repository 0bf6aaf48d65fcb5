import type { InvoiceWholeFragment } from "../gql/graphql.js";

export type InvoiceLine = InvoiceWholeFragment["lines"][number];

/** Lines that belong together: those of one machine, or those of none. */
export interface LineGroup {
  /** Null: not of a machine. */
  machine: { id: string; name: string } | null;
  /** With their places on the invoice; a machine's name stands above them and not in their words. */
  lines: { line: InvoiceLine; place: number }[];
  /** Minor units. */
  sum: string;
}

/** The machine's name stands before what was used of it. */
const below = (line: InvoiceLine): InvoiceLine => {
  const before = `${line.machine}: `;
  const isNamed = line.machine !== null && line.description.startsWith(before);
  return isNamed ? { ...line, description: line.description.slice(before.length) } : line;
};

/** Lines without taxes, machine by machine in the order in which they come. */
export function groupsOf(lines: readonly InvoiceLine[]): LineGroup[] {
  const groups = new Map<string, LineGroup>();
  for (const [place, line] of lines.entries()) {
    if (line.kind === "TAX") continue;
    const id = line.vm?.id ?? "";
    const machine = id ? { id, name: line.machine ?? id.slice(0, 8) } : null;
    const group = groups.get(id) ?? { machine, lines: [], sum: "0" };
    group.lines.push({ line: below(line), place });
    group.sum = (BigInt(group.sum) + BigInt(line.amount.minorUnits)).toString();
    groups.set(id, group);
  }
  return [...groups.values()];
}
