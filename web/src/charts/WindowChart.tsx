import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { useFormats, usePerson } from "../app/services-context.js";
import { ABSENT } from "../format/formats.js";
import { ChartFrame, ChartTable, Readout } from "./ChartFrame.js";
import classes from "./Charts.module.css";
import { mountPlot } from "./plot.js";
import { type MetricWindow, newestRow, type WindowLine, windowColumns } from "./window-data.js";

interface WindowChartProps {
  title: string;
  window: MetricWindow;
  lines: readonly WindowLine[];
  /** The period asked for, in seconds since 1970: it is shown whole, also where nothing was measured. */
  period: [from: number, to: number];
  formatValue(value: number | null | undefined): string;
  ceiling?: number;
  atLeast?: number;
  /** For sizes in binary units. */
  binary?: boolean;
  syncKey: string;
}

const HEIGHT = 180;

/** Past values: the average as a line within the band of minimum and maximum. */
export function WindowChart(props: WindowChartProps) {
  const { title, window, lines, period, formatValue, ceiling, atLeast, binary, syncKey } = props;
  const formats = useFormats();
  const [row, setRow] = useState<number | null>(null);
  const columns = useMemo(() => windowColumns(window, lines), [window, lines]);
  const newest = useMemo(() => newestRow(columns), [columns]);
  const shown = row !== null && columns[0][row] !== undefined ? row : newest;

  return (
    <ChartFrame
      title={title}
      readout={
        <Readout
          moment={
            shown === null ? undefined : formats.dateTime(new Date((columns[0][shown] ?? 0) * 1000).toISOString())
          }
          entries={lines.map(({ label, colour }, index) => ({
            label,
            colour,
            value: shown === null ? ABSENT : formatValue(columns[1 + index * 3]?.[shown]),
          }))}
        />
      }
      chart={
        <Lines
          columns={columns}
          lines={lines}
          period={period}
          formatValue={formatValue}
          ceiling={ceiling}
          atLeast={atLeast}
          binary={binary}
          syncKey={syncKey}
          description={`${title} over time. The same figures are in the table.`}
          onCursor={setRow}
          empty={newest === null}
        />
      }
      table={() => (
        <ChartTable
          caption={`${title}, newest first`}
          columns={["Time", ...lines.flatMap(({ label }) => [label, `${label}, lowest`, `${label}, highest`])]}
          rows={tableRows(columns, formats.dateTime, formatValue)}
        />
      )}
    />
  );
}

type Columns = ReturnType<typeof windowColumns>;

interface LinesProps extends Omit<WindowChartProps, "title" | "window"> {
  columns: Columns;
  description: string;
  onCursor(row: number | null): void;
  empty: boolean;
}

function Lines(props: LinesProps) {
  const { columns, lines, period, ceiling, atLeast, binary, syncKey, description, empty } = props;
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const { timeZone } = useFormats();
  const locale = usePerson()?.locale ?? undefined;
  const formatValue = useEffectEvent(props.formatValue);
  const onCursor = useEffectEvent(props.onCursor);
  const [from, to] = period;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides the colours, which are read at mounting
  useEffect(() => {
    if (!holder.current) return;
    const plot = mountPlot(holder.current, {
      height: HEIGHT,
      series: lines.map(({ label, colour }) => ({ label, colour, band: true })),
      formatValue: (value) => formatValue(value),
      locale,
      timeZone,
      span: () => [from, to],
      ceiling,
      atLeast,
      binary,
      syncKey,
      onCursor: (row) => onCursor(row),
    });
    plot.show(columns);
    return () => plot.destroy();
  }, [columns, lines, from, to, ceiling, atLeast, binary, syncKey, timeZone, locale, scheme]);

  return (
    <div className={classes.plot} style={{ minHeight: HEIGHT }}>
      <div ref={holder} role="img" aria-label={description} />
      {empty && <p className={classes.waiting}>Nothing was measured in this time.</p>}
    </div>
  );
}

function tableRows(
  columns: Columns,
  formatTime: (instant: string) => string,
  formatValue: WindowChartProps["formatValue"],
) {
  const [times, ...values] = columns;
  return times
    .map((seconds, row) => ({
      key: String(seconds),
      cells: [formatTime(new Date(seconds * 1000).toISOString()), ...values.map((column) => formatValue(column[row]))],
    }))
    .reverse();
}
