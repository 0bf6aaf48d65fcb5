import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { findGaps, lonelyRows } from "./gaps.js";

export interface PlotSeries {
  label: string;
  /** Name of the custom property that holds the colour. */
  colour: string;
  width?: number;
  /** Drawn as a band between the column of the minimum and that of the maximum, which follow this one. */
  band?: boolean;
}

export interface PlotOptions {
  height: number;
  series: readonly PlotSeries[];
  formatValue(value: number): string;
  locale?: string;
  timeZone: string;
  /** The span of time shown, in seconds since 1970. */
  span(): [from: number, to: number];
  /** The top of the vertical axis; grows with the data when left out. */
  ceiling?: number;
  /** The axis never ends below this, so that noise near zero is not blown up. */
  atLeast?: number;
  /** Steps of the vertical axis are powers of two: for sizes in binary units. */
  binary?: boolean;
  /**
   * Sources have rhythms of their own: the line breaks where one of them fell silent, for these seconds at least. Left
   * out, it breaks wherever a value is absent.
   */
  gapSeconds?: number;
  /** Charts of one key share their cursor. */
  syncKey?: string;
  /** Index of the row below the cursor and of the series nearest to it; null when the cursor left. */
  onCursor?(row: number | null, series: number | null): void;
}

export interface Plot {
  show(data: uPlot.AlignedData): void;
  destroy(): void;
}

const FONT = '11px "Inter Variable", system-ui, sans-serif';
const BAND_ALPHA = "2e";
const NEAR_PX = 24;
/** Steps of the time axis in seconds. */
const TIME_STEPS = [
  15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
  2_592_000, 5_184_000, 7_776_000, 15_552_000,
];
const BINARY_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);

/** Puts a chart into `element` and keeps it as wide as that is. */
export function mountPlot(element: HTMLElement, options: PlotOptions): Plot {
  const plot = new uPlot(toUPlot(element, options), emptyData(options), element);
  const observer = new ResizeObserver(() => {
    if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: options.height });
  });
  observer.observe(element);
  return {
    show: (data) => plot.setData(data),
    destroy() {
      observer.disconnect();
      plot.destroy();
    },
  };
}

function emptyData(options: PlotOptions): uPlot.AlignedData {
  const columns = options.series.reduce((count, series) => count + (series.band ? 3 : 1), 1);
  return Array.from({ length: columns }, () => []) as unknown as uPlot.AlignedData; // columns without rows
}

function toUPlot(element: HTMLElement, options: PlotOptions): uPlot.Options {
  const paint = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
  const { series, bands } = seriesOf(options, paint);
  const axis = { stroke: paint("--mantine-color-dimmed"), font: FONT, ticks: { show: false }, gap: 8 };
  const grid = { stroke: paint("--chart-grid"), width: 1 };
  return {
    width: Math.max(element.clientWidth, 120),
    height: options.height,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), options.timeZone),
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 6 },
      // Rows belong to those measured then: pointing finds the nearest value of every line.
      hover: { skip: [null, undefined], prox: NEAR_PX * 2 },
      focus: { prox: options.series.length > 3 ? NEAR_PX : -1 },
      ...(options.syncKey && { sync: { key: options.syncKey } }),
    },
    focus: { alpha: 0.35 },
    scales: { x: { time: true, range: options.span }, y: { range: (_plot, _low, high) => rangeOf(high, options) } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        incrs: TIME_STEPS,
        space: 64,
        values: (plot, splits) => timeLabels(plot, splits, options),
      },
      {
        ...axis,
        grid,
        size: 64,
        space: 32,
        ...(options.binary && { incrs: BINARY_STEPS }),
        values: (_plot, splits) => splits.map((value) => options.formatValue(value)),
      },
    ],
    series: [{}, ...series],
    bands,
    hooks: {
      setCursor: [
        (plot) => options.onCursor?.(plot.cursor.left === -10 ? null : (plot.cursor.idx ?? null), nearest(plot)),
      ],
      setSeries: [(plot) => options.onCursor?.(plot.cursor.idx ?? null, nearest(plot))],
    },
  };
}

function seriesOf(options: PlotOptions, paint: (name: string) => string) {
  const series: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  for (const { label, colour, width = 1.5, band } of options.series) {
    const stroke = paint(colour);
    series.push({ label, stroke, width, spanGaps: false, ...breaks(options.gapSeconds) });
    if (!band) continue;
    const edge = { stroke: "transparent", width: 0, points: { show: false } };
    series.push({ ...edge, label: `${label}, minimum` }, { ...edge, label: `${label}, maximum` });
    bands.push({ series: [series.length, series.length - 1], fill: `${stroke}${BAND_ALPHA}` });
  }
  return { series, bands };
}

/** Where a line breaks, and the values that are points because no line reaches them. */
function breaks(gapSeconds: number | undefined): Pick<uPlot.Series, "gaps" | "points"> {
  const gapsIn = (plot: uPlot, index: number): [number, number][] => {
    const values = plot.data[index] ?? [];
    return gapSeconds === undefined ? absentValues(values) : findGaps(plot.data[0], values, gapSeconds);
  };
  return {
    gaps: (plot, index) =>
      gapsIn(plot, index).map(([from, to]) => [positionOf(plot, from), positionOf(plot, to)] as [number, number]), // a pair
    points: { show: false, filter: (plot, index) => lonelyRows(plot.data[index] ?? [], gapsIn(plot, index)) },
  };
}

/** Every run of absent values, as the rows around it. */
function absentValues(values: ArrayLike<number | null | undefined>): [number, number][] {
  const gaps: [number, number][] = [];
  let last: number | null = null;
  for (let row = 0; row < values.length; row += 1) {
    if (values[row] === null || values[row] === undefined) continue;
    if (last !== null && row - last > 1) gaps.push([last, row]);
    last = row;
  }
  return gaps;
}

function positionOf(plot: uPlot, row: number): number {
  return plot.valToPos(plot.data[0][row] ?? 0, "x", true);
}

function rangeOf(high: number | null, options: PlotOptions): [number, number] {
  if (options.ceiling !== undefined) return [0, options.ceiling];
  return [0, Math.max(options.atLeast ?? 1, (high ?? 0) * 1.1)];
}

function nearest(plot: uPlot): number | null {
  const index = plot.series.findIndex((series, at) => at > 0 && "_focus" in series && series._focus === true);
  return index > 0 ? index - 1 : null;
}

const DAY_SECONDS = 86_400;

function timeLabels(plot: uPlot, splits: number[], options: PlotOptions): string[] {
  const { min, max } = plot.scales["x"] ?? {};
  const wide = (max ?? 0) - (min ?? 0) > DAY_SECONDS * 1.5;
  // Steps below a minute need their seconds, or two labels would read alike.
  const [first, second] = splits;
  const fine = first !== undefined && second !== undefined && second - first < 60;
  const format = new Intl.DateTimeFormat(options.locale, {
    timeZone: options.timeZone,
    ...(wide
      ? { day: "numeric", month: "short" }
      : { hour: "2-digit", minute: "2-digit", ...(fine && { second: "2-digit" }) }),
  });
  return splits.map((seconds) => format.format(seconds * 1000));
}
