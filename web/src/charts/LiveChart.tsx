import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useEffectEvent, useRef } from "react";
import { useFormats, usePerson, useStore } from "../app/services-context.js";
import { drawNoMore, drawSoon } from "../live/frames.js";
import type { SeriesBuffer } from "../live/series-buffer.js";
import classes from "./Charts.module.css";
import { mountPlot, type PlotSeries } from "./plot.js";

interface LiveChartProps {
  buffer: SeriesBuffer;
  series: readonly PlotSeries[];
  /** Seconds of history in sight. */
  seconds: number;
  height: number;
  formatValue(value: number): string;
  ceiling?: number;
  atLeast?: number;
  syncKey?: string;
  /** Said over the chart instead of waiting for samples. */
  note?: string;
  /** What the chart shows, for those who cannot see it. */
  description: string;
  onCursor?(row: number | null, series: number | null): void;
}

/** A shorter silence breaks no line, however quick the source is. */
const LEAST_GAP_SECONDS = 20;

const SHORTEST_SECONDS = 60;

/** Lines that grow from the right as samples come in, drawn at most once a frame and not at all in a background tab. */
export function LiveChart(props: LiveChartProps) {
  const { buffer, series, seconds, height, ceiling, atLeast, syncKey, description } = props;
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const { timeZone } = useFormats();
  const locale = usePerson()?.locale ?? undefined;
  const formatValue = useEffectEvent(props.formatValue);
  const onCursor = useEffectEvent((row: number | null, near: number | null) => props.onCursor?.(row, near));
  const key = `${scheme} ${series.map((line) => `${line.label}:${line.colour}`).join("|")}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the series and for the colours of the scheme
  useEffect(() => {
    if (!holder.current) return;
    const edge = () => buffer.newest() ?? Date.now() / 1000;
    // A young chart shows a shorter time, which grows with it, rather than an empty one.
    const start = () => Math.max(edge() - seconds, Math.min(buffer.oldest() ?? edge(), edge() - SHORTEST_SECONDS));
    const plot = mountPlot(holder.current, {
      height,
      series,
      formatValue: (value) => formatValue(value),
      locale,
      timeZone,
      span: () => [start(), edge()],
      ceiling,
      atLeast,
      syncKey,
      gapSeconds: LEAST_GAP_SECONDS,
      onCursor: (row, near) => onCursor(row, near),
    });
    const draw = () => plot.show(buffer.since(edge() - seconds));
    const unsubscribe = buffer.version.subscribe(() => drawSoon(draw));
    drawSoon(draw);
    return () => {
      unsubscribe();
      drawNoMore(draw);
      plot.destroy();
    };
  }, [buffer, key, seconds, height, ceiling, atLeast, syncKey, timeZone, locale]);

  return (
    <div className={classes.plot} style={{ minHeight: height }}>
      <div ref={holder} role="img" aria-label={description} />
      {props.note ? <p className={classes.waiting}>{props.note}</p> : <Waiting buffer={buffer} />}
    </div>
  );
}

/** A line needs two points: until then the chart says that it is about to begin. */
function Waiting({ buffer }: { buffer: SeriesBuffer }) {
  const rows = useStore(buffer.version);
  return rows < 2 ? <p className={classes.waiting}>Waiting for the first samples…</p> : null;
}
