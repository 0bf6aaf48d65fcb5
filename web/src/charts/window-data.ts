import type { MachineWindowQuery, Metric } from "../gql/graphql.js";

export type MetricWindow = NonNullable<NonNullable<MachineWindowQuery["vm"]>["window"]>;

type Column = (number | null)[];

/** A line of a past chart: the metric and its name. */
export interface WindowLine {
  metric: Metric;
  label: string;
  colour: string;
}

/** Columns for a chart: moments in seconds since 1970, then average, minimum and maximum of each line. Gaps stay null. */
export function windowColumns(window: MetricWindow, lines: readonly WindowLine[]): [number[], ...Column[]] {
  const moments = window.at.map((instant) => Date.parse(instant) / 1000);
  const columns = lines.flatMap(({ metric }) => {
    const series = window.series.find((candidate) => candidate.metric === metric);
    const empty: Column = moments.map(() => null);
    return series ? [series.average, series.minimum, series.maximum] : [empty, empty, empty];
  });
  const [times, values] = withGaps(moments, columns, window.stepSeconds);
  return [times, ...values];
}

/** Buckets that are missing altogether are gaps too: a row of nulls stands where the first of them would be. */
function withGaps(moments: number[], columns: Column[], step: number): [number[], Column[]] {
  const times: number[] = [];
  const values = columns.map((): Column => []);
  for (const [row, moment] of moments.entries()) {
    const before = moments[row - 1];
    if (before !== undefined && moment - before > step * 2.5) {
      times.push(before + step);
      for (const column of values) column.push(null);
    }
    times.push(moment);
    for (const [index, column] of values.entries()) column.push(columns[index]?.[row] ?? null);
  }
  return [times, values];
}

/** The newest row in which anything was measured; null when there is none. */
export function newestRow(columns: [number[], ...Column[]]): number | null {
  for (let row = columns[0].length - 1; row >= 0; row -= 1) {
    if (columns.slice(1).some((column) => column[row] !== null)) return row;
  }
  return null;
}
