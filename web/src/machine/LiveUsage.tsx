import { useApolloClient, useQuery } from "@apollo/client/react";
import { useMemo, useState } from "react";
import { serverNow } from "../api/server.js";
import { useFormats, useMay, useStore } from "../app/services-context.js";
import { ChartFrame, ChartTable, Readout } from "../charts/ChartFrame.js";
import { LiveChart } from "../charts/LiveChart.js";
import { useVisible } from "../components/use-visible.js";
import { shareOf } from "../format/formats.js";
import { MachineSamplesDocument, type MachineSamplesSubscription, MachineWindowDocument } from "../gql/graphql.js";
import { createSeriesBuffer, type SeriesBuffer } from "../live/series-buffer.js";
import { useLive } from "../live/use-live.js";
import type { Machine } from "./Facts.js";
import classes from "./Machine.module.css";
import { writeSample } from "./machine-cache.js";
import { seedFromWindow } from "./seed.js";

const SECONDS = 300;
const CAPACITY = 900;
const POINTS = 300;
const TABLE_ROWS = 60;

/** CPU and memory as they move, with the last five minutes to begin with. */
export function LiveUsage({ machine }: { machine: Machine }) {
  const client = useApolloClient();
  const visible = useVisible();
  const withCost = useMay("usage:read");
  const period = useMemo(() => {
    const now = serverNow();
    return { from: new Date(now - SECONDS * 1000).toISOString(), to: new Date(now).toISOString() };
  }, []);
  const { data, loading } = useQuery(MachineWindowDocument, {
    variables: { id: machine.id, metrics: ["CPU", "MEMORY_USED"], period, maxPoints: POINTS },
    fetchPolicy: "no-cache",
  });
  const window = data?.vm?.window;
  const buffer = useMemo(() => {
    const fresh = createSeriesBuffer(2, CAPACITY);
    if (window) for (const [at, values] of seedFromWindow(window, machine.memoryBytes)) fresh.push(at, values);
    return fresh;
  }, [window, machine.memoryBytes]);

  // The past first: a buffer takes nothing that is older than its newest row.
  useLive(MachineSamplesDocument, { ids: [machine.id], withCost }, visible && !loading, ({ vmSamples }) => {
    const sample = vmSamples[0];
    if (!sample) return;
    push(buffer, sample);
    writeSample(client.cache, sample, withCost);
  });

  const running = machine.state === "RUNNING";
  return (
    <div className={classes.pair}>
      <UsageChart title="CPU now" buffer={buffer} column={0} colour="--chart-1" running={running} />
      <UsageChart title="Memory now" buffer={buffer} column={1} colour="--chart-3" running={running} />
    </div>
  );
}

interface UsageChartProps {
  title: string;
  buffer: SeriesBuffer;
  column: 0 | 1;
  colour: string;
  running: boolean;
}

function UsageChart({ title, buffer, column, colour, running }: UsageChartProps) {
  const formats = useFormats();
  const note = running ? undefined : "Nothing is measured while the machine does not run.";
  const [row, setRow] = useState<number | null>(null);
  const single = useMemo(() => onlyColumn(buffer, column), [buffer, column]);
  const series = useMemo(() => [{ label: title, colour }], [title, colour]);
  useStore(buffer.version);
  const [times, values] = single.since((buffer.newest() ?? 0) - SECONDS);
  const shown = row !== null && row < times.length ? row : times.length - 1;
  const moment = times[shown];
  return (
    <ChartFrame
      title={title}
      readout={
        <Readout
          moment={moment === undefined ? undefined : formats.time(moment * 1000)}
          entries={[{ label: "use", colour, value: formats.percent(values?.[shown]) }]}
        />
      }
      chart={
        <LiveChart
          buffer={single}
          series={series}
          seconds={SECONDS}
          height={180}
          ceiling={100}
          formatValue={(value) => formats.percent(value)}
          syncKey="machine-live"
          note={note}
          description={`${title}: use in the last five minutes. The same figures are in the table.`}
          onCursor={setRow}
        />
      }
      table={() => (
        <ChartTable
          caption={`${title}, newest first`}
          columns={["Time", "Use"]}
          rows={times
            .map((seconds, index) => ({
              key: String(seconds),
              cells: [formats.time(seconds * 1000), formats.percent(values?.[index])],
            }))
            .slice(-TABLE_ROWS)
            .reverse()}
        />
      )}
    />
  );
}

function onlyColumn(buffer: SeriesBuffer, column: number): SeriesBuffer {
  return {
    ...buffer,
    since(from) {
      const [times, ...values] = buffer.since(from);
      return [times, values[column] ?? []];
    },
  };
}

function push(buffer: SeriesBuffer, sample: MachineSamplesSubscription["vmSamples"][number]): void {
  buffer.push(Date.parse(sample.at) / 1000, [
    sample.cpuPercent,
    shareOf(sample.memoryUsedBytes, sample.memoryTotalBytes),
  ]);
}
