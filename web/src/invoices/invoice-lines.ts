import type { InvoiceWholeFragment } from "../gql/graphql.js";

export type InvoiceLine = InvoiceWholeFragment["lines"][number];

/** Lines that belong together: those of one machine, or those of none. */
export interface LineGroup {
  /** Null: not of a machine. */
  machine: { id: string; name: string } | null;
  lines: { line: InvoiceLine; what: string }[];
  /** Minor units. */
  sum: string;
}

/** The machine's name stands before what was used of it; what follows has no colon. */
const split = (description: string): { name: string; what: string } => {
  const at = description.lastIndexOf(": ");
  return at < 0
    ? { name: "Machine", what: description }
    : { name: description.slice(0, at), what: description.slice(at + 2) };
};

/** Lines without taxes, machine by machine in the order in which they come. */
export function groupsOf(lines: readonly InvoiceLine[]): LineGroup[] {
  const groups = new Map<string, LineGroup>();
  for (const line of lines) {
    if (line.kind === "TAX") continue;
    const id = line.vm?.id ?? "";
    const { name, what } = id ? split(line.description) : { name: "", what: line.description };
    const group = groups.get(id) ?? { machine: id ? { id, name } : null, lines: [], sum: "0" };
    group.lines.push({ line, what });
    group.sum = (BigInt(group.sum) + BigInt(line.amount.minorUnits)).toString();
    groups.set(id, group);
  }
  return [...groups.values()];
}
