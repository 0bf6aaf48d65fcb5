import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { serverNow } from "../api/server.js";
import { useFormats } from "../app/services-context.js";
import { ChartFrame, ChartTable } from "../charts/ChartFrame.js";
import { LiveChart } from "../charts/LiveChart.js";
import { Bones } from "../components/Bones.js";
import { MachineOwner } from "../components/MachineOwner.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ABSENT } from "../format/formats.js";
import { BusiestMachinesDocument } from "../gql/graphql.js";
import { createSeriesBuffer, type SeriesBuffer } from "../live/series-buffer.js";
import { useLiveSamples, useUsage } from "../live/use-samples.js";
import { type Busy, seedRows } from "./busiest.js";
import classes from "./Dashboard.module.css";

const MOST = 20;
const SECONDS = 300;
const CAPACITY = 900;
const COLOURS = ["--chart-1", "--chart-2", "--chart-3"];
const TITLE = "CPU by machine";

/** The CPU of the busiest machines, a thin line each; the first three stand out, the others on pointing at them. */
export function BusiestMachines() {
  const period = useMemo(() => {
    const now = serverNow();
    return { from: new Date(now - SECONDS * 1000).toISOString(), to: new Date(now).toISOString() };
  }, []);
  const { data, error, refetch } = useQuery(BusiestMachinesDocument, {
    variables: { first: MOST, period },
    fetchPolicy: "no-cache",
  });
  const machines = data?.vms?.nodes;
  if (machines) return machines.length === 0 ? null : <Lines machines={machines} />;
  return (
    <Panel title={TITLE}>
      {error ? (
        <TroubleNotice error={error} onRetry={() => refetch()} />
      ) : (
        <Bones lines={1} height={240} label="the busiest machines" />
      )}
    </Panel>
  );
}

function Lines({ machines }: { machines: readonly Busy[] }) {
  const formats = useFormats();
  const [near, setNear] = useState<number | null>(null);
  const buffer = useMemo(() => seeded(machines), [machines]);
  const series = useMemo(
    () => machines.map(({ name }, index) => ({ label: name, colour: colourOf(index), width: index < 3 ? 1.5 : 1 })),
    [machines],
  );
  useLiveSamples(
    machines.map(({ id }) => id),
    (at, fresh) =>
      buffer.push(
        at / 1000,
        machines.map(({ id }) => fresh.get(id)?.cpu ?? null),
      ),
  );
  const pointed = near === null ? undefined : machines[near];

  return (
    <ChartFrame
      title={machines.length === MOST ? `${TITLE}: the ${MOST} busiest` : TITLE}
      readout={<span className="dimmed">{pointed ? fullName(pointed) : "Point at a line to see whose it is."}</span>}
      chart={
        <>
          <LiveChart
            buffer={buffer}
            series={series}
            seconds={SECONDS}
            height={240}
            atLeast={20}
            formatValue={(value) => formats.percent(value)}
            syncKey="dashboard"
            description="CPU use of the busiest machines in the last five minutes. The newest figures are in the table."
            onCursor={(_row, index) => setNear(index)}
          />
          <ul className={classes.legend} aria-label="Machines in the chart">
            {machines.map((machine, index) => (
              <li key={machine.id}>
                <Link to="/machines/$id" params={{ id: machine.id }} title={fullName(machine)}>
                  <span className={classes.swatch} style={{ background: `var(${colourOf(index)})` }} aria-hidden />
                  {machine.name}
                  <MachineOwner organisation={machine.organisation} />
                </Link>
                <CpuNow id={machine.id} />
              </li>
            ))}
          </ul>
        </>
      }
      table={() => <NewestTable machines={machines} buffer={buffer} />}
    />
  );
}

function NewestTable({ machines, buffer }: { machines: readonly Busy[]; buffer: SeriesBuffer }) {
  const formats = useFormats();
  const [times, ...values] = buffer.since(buffer.newest() ?? 0);
  const moment = times.at(-1);
  return (
    <ChartTable
      caption={`CPU by machine${moment === undefined ? "" : ` at ${formats.time(moment * 1000)}`}`}
      columns={["Machine", "Organisation", "CPU"]}
      rows={machines.map(({ id, name, organisation }, index) => ({
        key: id,
        cells: [name, organisation?.name ?? ABSENT, formats.percent(values[index]?.at(-1))],
      }))}
    />
  );
}

function CpuNow({ id }: { id: string }) {
  const formats = useFormats();
  return <span className="numeric">{formats.percent(useUsage(id)?.cpu)}</span>;
}

function fullName({ name, organisation }: Busy): string {
  return organisation ? `${name}, ${organisation.name}` : name;
}

function colourOf(index: number): string {
  return COLOURS[index] ?? "--chart-faint";
}

function seeded(machines: readonly Busy[]): SeriesBuffer {
  const buffer = createSeriesBuffer(machines.length, CAPACITY);
  for (const [seconds, values] of seedRows(machines)) buffer.push(seconds, values);
  return buffer;
}
