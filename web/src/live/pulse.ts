import { createSeriesBuffer, type SeriesBuffer } from "./series-buffer.js";

const CAPACITY = 900;

let buffer: SeriesBuffer | null = null;

/** The fleet's pulse (average CPU and average memory in percent) as seen since the person came; kept over pages. */
export function pulseBuffer(): SeriesBuffer {
  buffer ??= createSeriesBuffer(2, CAPACITY);
  return buffer;
}

/** Forgets the pulse, such as when another person signs in. */
export function forgetPulse(): void {
  buffer = null;
}
