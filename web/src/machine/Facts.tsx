import type { ReactNode } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Panel } from "../components/Panel.js";
import { ABSENT } from "../format/formats.js";
import type { MachineQuery } from "../gql/graphql.js";
import classes from "./Machine.module.css";

export type Machine = NonNullable<MachineQuery["vm"]>;

const STORAGE = { STANDARD: "standard", SSD: "SSD", NVME: "NVMe" };

/** What the machine costs in its present state. */
export function CostPanel({ machine }: { machine: Machine }) {
  const formats = useFormats();
  if (!useMay("usage:read")) return null;
  return (
    <Panel title="Cost per hour">
      <p className={classes.cost}>{machine.hourlyCost?.formatted ?? ABSENT}</p>
      <p className="dimmed small">In its present state, before tax.</p>
      {machine.runsOutAt && machine.state === "RUNNING" && (
        <p className={classes.runsOut}>The money for it lasts until {formats.dateTime(machine.runsOutAt)}.</p>
      )}
    </Panel>
  );
}

/** What the machine is made of. */
export function Facts({ machine }: { machine: Machine }) {
  const formats = useFormats();
  const disks = machine.disks.map(
    ({ name, sizeBytes, storage }) => `${name}: ${formats.bytes(sizeBytes)} ${STORAGE[storage]}`,
  );
  return (
    <Panel title="Facts">
      <dl className={classes.facts}>
        <Fact label="Organisation">{machine.organisation?.name}</Fact>
        <Fact label="Image">{machine.image}</Fact>
        <Fact label="vCPU">{formats.number(machine.vcpus)}</Fact>
        <Fact label="Memory">{formats.bytes(machine.memoryBytes)}</Fact>
        <Fact label="Disks">{lines(disks)}</Fact>
        <Fact label="Disk space used">
          {machine.latest?.diskUsedBytes
            ? `${formats.bytes(machine.latest.diskUsedBytes)} of ${formats.bytes(machine.latest.diskTotalBytes)}`
            : null}
        </Fact>
        <Fact label="Addresses">{lines(machine.addresses, "mono")}</Fact>
        <Fact label="Labels">{lines(machine.labels.map(({ key, value }) => `${key}: ${value}`))}</Fact>
        <Fact label="Load">{machine.latest ? formats.number(machine.latest.load, 2) : null}</Fact>
        <Fact label="Up for">
          {machine.state === "RUNNING" ? formats.duration(machine.latest?.uptimeSeconds) : null}
        </Fact>
        <Fact label="State since">{formats.dateTime(machine.stateChangedAt)}</Fact>
        <Fact label="Started">{formats.dateTime(machine.startedAt)}</Fact>
        <Fact label="Created">{formats.dateTime(machine.createdAt)}</Fact>
        {machine.deletedAt && <Fact label="Deleted">{formats.dateTime(machine.deletedAt)}</Fact>}
        <Fact label="Id">
          <span className="mono">{machine.id}</span>
        </Fact>
      </dl>
    </Panel>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children ?? ABSENT}</dd>
    </>
  );
}

function lines(values: readonly string[], className?: string): ReactNode {
  if (values.length === 0) return null;
  return (
    <ul className={className}>
      {values.map((value) => (
        <li key={value}>{value}</li>
      ))}
    </ul>
  );
}
