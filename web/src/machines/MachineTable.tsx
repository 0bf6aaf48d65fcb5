import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMay } from "../app/services-context.js";
import { HealthLabel } from "../components/HealthLabel.js";
import { Meter } from "../components/Meter.js";
import { StateLabel } from "../components/StateLabel.js";
import { ABSENT } from "../format/formats.js";
import type { VmOrderBy } from "../gql/graphql.js";
import classes from "./Machines.module.css";
import { type MachinesSearch, toggleSort } from "./machines-search.js";
import { type Machine, useMachineUsage } from "./use-machine-usage.js";

export interface MachinesViewProps {
  machines: readonly Machine[];
  search: MachinesSearch;
  onSort(search: MachinesSearch): void;
}

/** The machines as a table, for a desk. */
export function MachineTable({ machines, search, onSort }: MachinesViewProps) {
  const mayReadCost = useMay("usage:read");
  const head = (label: string, by: VmOrderBy, numeric = false) => (
    <SortHead label={label} by={by} numeric={numeric} search={search} onSort={onSort} />
  );
  return (
    <table className={classes.table}>
      <caption className="visually-hidden">Machines of the estate</caption>
      <thead>
        <tr>
          {head("Name", "NAME")}
          <th scope="col">Organisation</th>
          {head("State", "STATE")}
          {head("CPU", "CPU", true)}
          {head("Memory", "MEMORY", true)}
          {head("Health", "HEALTH")}
          {mayReadCost && (
            <th scope="col" className="numeric">
              Per hour
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {machines.map((machine) => (
          <Row key={machine.id} machine={machine} withCost={mayReadCost} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ machine, withCost }: { machine: Machine; withCost: boolean }) {
  const { cpu, memory } = useMachineUsage(machine);
  return (
    <tr>
      <th scope="row" className={classes.name}>
        <Link to="/machines/$id" params={{ id: machine.id }}>
          {machine.name}
        </Link>
      </th>
      <td>{machine.organisation?.name ?? ABSENT}</td>
      <td title={machine.stateReason ?? undefined}>
        <StateLabel state={machine.state} />
      </td>
      <td className="numeric">
        <Meter share={cpu} />
      </td>
      <td className="numeric">
        <Meter share={memory} />
      </td>
      <td>
        <HealthLabel score={machine.health?.score} />
      </td>
      {withCost && <td className="numeric">{machine.hourlyCost?.formatted ?? ABSENT}</td>}
    </tr>
  );
}

interface SortHeadProps {
  label: string;
  by: VmOrderBy;
  numeric: boolean;
  search: MachinesSearch;
  onSort(search: MachinesSearch): void;
}

function SortHead({ label, by, numeric, search, onSort }: SortHeadProps) {
  const active = (search.sort ?? "NAME") === by;
  const Arrow = search.down ? IconArrowDown : IconArrowUp;
  const direction = search.down ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={active ? direction : undefined} className={numeric ? "numeric" : undefined}>
      <button type="button" className={classes.sort} onClick={() => onSort(toggleSort(search, by))}>
        {label}
        <Arrow size={12} stroke={2} aria-hidden className={active ? undefined : classes.unsorted} />
      </button>
    </th>
  );
}
