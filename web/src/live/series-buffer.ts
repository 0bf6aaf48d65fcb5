import type { ReadableStore } from "../app/store.js";
import { createStore } from "../app/store.js";

/** Columns as uPlot takes them: seconds since 1970 first, then a column a series with null for gaps. */
export type Columns = [number[], ...(number | null)[][]];

export interface SeriesBuffer {
  /** Grows by one with each row, so that a chart knows that it is old. */
  version: ReadableStore<number>;
  /** Adds one row; values absent at that moment are null. Rows that are not newer than the last are ignored. */
  push(seconds: number, values: readonly (number | null)[]): void;
  /** The rows since `from` (seconds since 1970), oldest first. */
  since(from: number): Columns;
  /** Moment of the oldest row that is kept, in seconds since 1970; null before the first. */
  oldest(): number | null;
  /** Moment of the newest row in seconds since 1970; null before the first. */
  newest(): number | null;
}

/**
 * The last `capacity` rows of `width` series in typed arrays: nothing is allocated per sample.
 */
export function createSeriesBuffer(width: number, capacity: number): SeriesBuffer {
  const times = new Float64Array(capacity);
  const values = Array.from({ length: width }, () => new Float64Array(capacity));
  const version = createStore(0);
  let start = 0;
  let length = 0;

  const slot = (row: number) => (start + row) % capacity;
  const timeOf = (row: number) => times[slot(row)] ?? Number.NaN;

  function append(seconds: number, row: readonly (number | null)[]) {
    if (length === capacity) start = (start + 1) % capacity;
    else length += 1;
    const at = slot(length - 1);
    times[at] = seconds;
    for (const [index, column] of values.entries()) column[at] = row[index] ?? Number.NaN;
  }

  function firstSince(from: number): number {
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timeOf(middle) < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const newest = () => (length === 0 ? null : timeOf(length - 1));

  return {
    version,
    oldest: () => (length === 0 ? null : timeOf(0)),
    newest,
    push(seconds, row) {
      const last = newest();
      if (last !== null && seconds <= last) return;
      append(seconds, row);
      version.set(version.get() + 1);
    },
    since(from) {
      const first = firstSince(from);
      const rows = Array.from({ length: length - first }, (_, index) => slot(first + index));
      const columns = values.map((column) =>
        rows.map((at) => {
          const value = column[at];
          return value === undefined || Number.isNaN(value) ? null : value;
        }),
      );
      return [rows.map((at) => times[at] ?? 0), ...columns];
    },
  };
}
