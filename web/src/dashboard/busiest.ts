import type { BusiestMachinesQuery } from "../gql/graphql.js";

export type Busy = NonNullable<BusiestMachinesQuery["vms"]>["nodes"][number];

/**
 * The past of several machines as rows of one chart: whole seconds since 1970 and a value (or null) for each machine. They
 * are sampled at moments of their own; those of one second share a row.
 */
export function seedRows(machines: readonly Busy[]): [seconds: number, values: (number | null)[]][] {
  const rows = new Map<number, (number | null)[]>();
  for (const [index, machine] of machines.entries()) {
    const average = machine.window?.series[0]?.average ?? [];
    for (const [at, instant] of (machine.window?.at ?? []).entries()) {
      const seconds = Math.floor(Date.parse(instant) / 1000);
      const row = rows.get(seconds) ?? machines.map(() => null);
      row[index] = average[at] ?? row[index] ?? null;
      rows.set(seconds, row);
    }
  }
  return [...rows].sort(([one], [other]) => one - other);
}
