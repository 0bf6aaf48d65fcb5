import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { useFormats, usePerson } from "../app/services-context.js";
import { ABSENT } from "../format/formats.js";
import { ChartFrame, ChartTable, Readout } from "./ChartFrame.js";
import classes from "./Charts.module.css";
import { mountPlot } from "./plot.js";

/** An amount of a stretch of time that begins at `at`. */
export interface AmountPoint {
  at: string;
  amount: { minorUnits: string; currency: string; formatted: string };
}

interface AmountChartProps {
  title: string;
  points: readonly AmountPoint[];
  /** The time shown whole, also where nothing came yet. */
  period: { from: string; to: string };
  /** Names a stretch by when it begins. */
  nameOf(at: string): string;
}

const HEIGHT = 180;
const COLOUR = "--chart-1";

/** Amounts over time: a line, each amount in words below the cursor, and a table of them. */
export function AmountChart({ title, points, period, nameOf }: AmountChartProps) {
  const [row, setRow] = useState<number | null>(null);
  const shown = points[row ?? points.length - 1];
  return (
    <ChartFrame
      title={title}
      readout={
        <Readout
          moment={shown ? nameOf(shown.at) : undefined}
          entries={[{ label: "Spent", colour: COLOUR, value: shown?.amount.formatted ?? ABSENT }]}
        />
      }
      chart={<Line points={points} period={period} title={title} onCursor={setRow} />}
      table={() => (
        <ChartTable
          caption={`${title}, newest first`}
          columns={["From", "Spent"]}
          rows={points.map(({ at, amount }) => ({ key: at, cells: [nameOf(at), amount.formatted] })).reverse()}
        />
      )}
    />
  );
}

interface LineProps extends Pick<AmountChartProps, "points" | "period" | "title"> {
  onCursor(row: number | null): void;
}

function Line({ points, period, title, onCursor }: LineProps) {
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const { timeZone } = useFormats();
  const locale = usePerson()?.locale ?? undefined;
  const tellCursor = useEffectEvent(onCursor);
  const currency = points[0]?.amount.currency ?? "ZAR";
  const axis = useMemo(
    () => new Intl.NumberFormat(locale, { style: "currency", currency, notation: "compact", maximumFractionDigits: 1 }),
    [locale, currency],
  );
  const [from, to] = [Date.parse(period.from) / 1000, Date.parse(period.to) / 1000];
  // Places on a chart, of which nobody reads cents: amounts in words come from the server.
  const heights = useMemo(() => points.map(({ amount }) => Number(amount.minorUnits) / 100), [points]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides the colours, which are read at mounting
  useEffect(() => {
    if (!holder.current) return;
    const plot = mountPlot(holder.current, {
      height: HEIGHT,
      series: [{ label: "Spent", colour: COLOUR }],
      formatValue: (value) => axis.format(value),
      locale,
      timeZone,
      span: () => [from, to],
      onCursor: (row) => tellCursor(row),
    });
    plot.show([points.map(({ at }) => Date.parse(at) / 1000), heights]);
    return () => plot.destroy();
  }, [points, heights, axis, from, to, timeZone, locale, scheme]);

  return (
    <div className={classes.plot} style={{ minHeight: HEIGHT }}>
      <div ref={holder} role="img" aria-label={`${title} over time. The same figures are in the table.`} />
      {points.every(({ amount }) => amount.minorUnits === "0") && (
        <p className={classes.waiting}>Nothing was charged in this time.</p>
      )}
    </div>
  );
}
