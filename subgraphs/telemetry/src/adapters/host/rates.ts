import type { Measurement } from "../../samples/metrics.js";
import type { HostReading } from "./reading.js";

const hundredths = (value: number) => Math.round(value * 100) / 100;

/** Growth of a counter; null when it was not read, or fell because it began anew. */
const increase = (before: number | null, now: number | null): number | null =>
  before === null || now === null || now < before ? null : now - before;

/** What two readings in a row say: counters become rates. The first reading has none, for nothing is known before it. */
export const measure = (before: HostReading | null, now: HostReading): Measurement => {
  const seconds = before ? (now.takenAt - before.takenAt) / 1_000 : 0;
  const rate = (counter: keyof HostReading & `${string}Bytes`): number | null => {
    const [earlier, later] = [before?.[counter], now[counter]];
    if (typeof earlier !== "number" || typeof later !== "number" || seconds <= 0) return null;
    const grown = increase(earlier, later);
    return grown === null ? null : Math.round(grown / seconds);
  };
  const busy = increase(before?.cpuBusy ?? null, now.cpuBusy);
  const passed = increase(before?.cpuTotal ?? null, now.cpuTotal);
  return {
    cpuPercent:
      busy === null || passed === null || passed === 0 ? null : hundredths(Math.min(100, (100 * busy) / passed)),
    memoryUsedBytes: now.memoryUsedBytes,
    memoryTotalBytes: now.memoryTotalBytes,
    diskUsedBytes: now.diskUsedBytes,
    diskTotalBytes: now.diskTotalBytes,
    diskReadRate: rate("diskReadBytes"),
    diskWriteRate: rate("diskWrittenBytes"),
    networkInRate: rate("networkInBytes"),
    networkOutRate: rate("networkOutBytes"),
    load: now.load,
    uptimeSeconds: now.uptimeSeconds,
  };
};
