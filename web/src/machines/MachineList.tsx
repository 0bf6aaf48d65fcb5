import { NativeSelect } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMay } from "../app/services-context.js";
import { HealthLabel } from "../components/HealthLabel.js";
import { Meter } from "../components/Meter.js";
import { StateLabel } from "../components/StateLabel.js";
import { ABSENT } from "../format/formats.js";
import classes from "./Machines.module.css";
import type { MachinesViewProps } from "./MachineTable.js";
import { parseMachinesSearch, sortBy } from "./machines-search.js";
import { type Machine, useMachineUsage } from "./use-machine-usage.js";

const SORTS = [
  { value: "NAME", label: "Name" },
  { value: "STATE", label: "State" },
  { value: "CPU", label: "CPU" },
  { value: "MEMORY", label: "Memory" },
  { value: "HEALTH", label: "Health" },
];

/** The machines one below the other, for a phone. */
export function MachineList({ machines, search, onSort }: MachinesViewProps) {
  const mayReadCost = useMay("usage:read");
  return (
    <>
      <NativeSelect
        aria-label="Sort machines by"
        data={SORTS.map(({ value, label }) => ({ value, label: `By ${label.toLowerCase()}` }))}
        value={search.sort ?? "NAME"}
        onChange={(event) => {
          const { sort = "NAME" } = parseMachinesSearch({ sort: event.currentTarget.value });
          onSort(sortBy(search, sort));
        }}
        className={classes.sortSelect}
      />
      <ul aria-label="Machines of the estate">
        {machines.map((machine) => (
          <Item key={machine.id} machine={machine} withCost={mayReadCost} />
        ))}
      </ul>
    </>
  );
}

function Item({ machine, withCost }: { machine: Machine; withCost: boolean }) {
  const { cpu, memory } = useMachineUsage(machine);
  return (
    <li className={classes.item}>
      <div className={classes.itemHead}>
        <Link to="/machines/$id" params={{ id: machine.id }}>
          {machine.name}
        </Link>
        <StateLabel state={machine.state} />
      </div>
      <p className="dimmed small">{machine.organisation?.name ?? ABSENT}</p>
      <dl className={classes.itemFacts}>
        <div>
          <dt>CPU</dt>
          <dd>
            <Meter share={cpu} />
          </dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd>
            <Meter share={memory} />
          </dd>
        </div>
        <div>
          <dt>Health</dt>
          <dd>
            <HealthLabel score={machine.health?.score} />
          </dd>
        </div>
        {withCost && (
          <div>
            <dt>Per hour</dt>
            <dd className="numeric">{machine.hourlyCost?.formatted ?? ABSENT}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}
