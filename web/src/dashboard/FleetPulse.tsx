import { useState } from "react";
import { useFormats, useStore } from "../app/services-context.js";
import { ChartFrame, ChartTable, Readout } from "../charts/ChartFrame.js";
import { LiveChart } from "../charts/LiveChart.js";
import { pulseBuffer } from "../live/pulse.js";

const LINES = [
  { label: "CPU, average", colour: "--chart-1", width: 2 },
  { label: "Memory, average", colour: "--chart-3", width: 2 },
];
const SECONDS = 300;
const TABLE_ROWS = 60;

/** The fleet's use as it happens. */
export function FleetPulse() {
  const formats = useFormats();
  const [row, setRow] = useState<number | null>(null);
  const buffer = pulseBuffer();
  useStore(buffer.version);
  const columns = buffer.since((buffer.newest() ?? 0) - SECONDS);
  const [times, ...values] = columns;
  const shown = row !== null && row < times.length ? row : times.length - 1;
  const moment = times[shown];

  return (
    <ChartFrame
      title="Fleet now"
      readout={
        <Readout
          moment={moment === undefined ? undefined : formats.time(moment * 1000)}
          entries={LINES.map(({ label, colour }, index) => ({
            label,
            colour,
            value: formats.percent(values[index]?.[shown]),
          }))}
        />
      }
      chart={
        <LiveChart
          buffer={buffer}
          series={LINES}
          seconds={SECONDS}
          height={200}
          ceiling={100}
          formatValue={(value) => formats.percent(value)}
          syncKey="dashboard"
          description="CPU and memory use of the fleet in the last five minutes. The same figures are in the table."
          onCursor={setRow}
        />
      }
      table={() => (
        <ChartTable
          caption="Fleet now, newest first"
          columns={["Time", ...LINES.map(({ label }) => label)]}
          rows={times
            .map((seconds, index) => ({
              key: String(seconds),
              cells: [formats.time(seconds * 1000), ...values.map((column) => formats.percent(column[index]))],
            }))
            .slice(-TABLE_ROWS)
            .reverse()}
        />
      )}
    />
  );
}
