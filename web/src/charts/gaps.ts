/** How many distances on either side tell the rhythm of a place. */
const NEIGHBOURS = 4;
const TOLERANCE = 2.5;

/**
 * Where a line shall break: pairs of neighbouring measured rows that are further apart than the source's rhythm at that
 * place lets expect, and further than `least` seconds. Rows without a value do not count: others were measured then.
 */
export function findGaps(
  times: ArrayLike<number>,
  values: ArrayLike<number | null | undefined>,
  least: number,
): [from: number, to: number][] {
  const measured = measuredRows(values);
  const distances = measured
    .slice(1)
    .map((row, index) => (times[row] ?? Number.NaN) - (times[measured[index] ?? -1] ?? Number.NaN));
  const gaps: [number, number][] = [];
  for (const [index, distance] of distances.entries()) {
    const [from, to] = [measured[index], measured[index + 1]];
    if (from === undefined || to === undefined || distance <= least) continue;
    if (distance > TOLERANCE * rhythmAround(distances, index)) gaps.push([from, to]);
  }
  return gaps;
}

/** Rows that no line reaches: measured, with a gap (or nothing) on both sides. */
export function lonelyRows(values: ArrayLike<number | null | undefined>, gaps: readonly [number, number][]): number[] {
  const before = new Set(gaps.map(([, to]) => to));
  const after = new Set(gaps.map(([from]) => from));
  const measured = measuredRows(values);
  const [first, last] = [measured[0], measured.at(-1)];
  return measured.filter((row) => (row === first || before.has(row)) && (row === last || after.has(row)));
}

function measuredRows(values: ArrayLike<number | null | undefined>): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row += 1) {
    if (values[row] !== null && values[row] !== undefined) rows.push(row);
  }
  return rows;
}

/** The usual distance before or after a place, whichever is slower: two rhythms may meet there. */
function rhythmAround(distances: readonly number[], index: number): number {
  const before = distances.slice(Math.max(0, index - NEIGHBOURS), index);
  const after = distances.slice(index + 1, index + 1 + NEIGHBOURS);
  return Math.max(median(before), median(after));
}

function median(distances: readonly number[]): number {
  const sorted = [...distances].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}
