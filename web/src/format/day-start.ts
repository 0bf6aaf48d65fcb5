const DAY = 86_400_000;

/**
 * When a day such as "2026-11-21" begins on clocks of a zone, in milliseconds since 1970; NaN for what is no day. Of a day
 * whose midnight is left out it is the moment that comes instead of it.
 */
export function dayStart(day: string, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  if (Number.isNaN(midnight)) return Number.NaN;
  const before = offsetAt(midnight - DAY, timeZone);
  const candidates = [midnight - before, midnight - offsetAt(midnight + DAY, timeZone)];
  const right = candidates.filter((at) => at + offsetAt(at, timeZone) === midnight);
  return right.length > 0 ? Math.min(...right) : midnight - before;
}

/** Days as a period of a zone, both included; null where none is named or they are the wrong way round. */
export function daysAsPeriod(
  from: string | undefined,
  to: string | undefined,
  timeZone: string,
): { from: string; to: string } | null {
  if (!from && !to) return null;
  const start = from ? dayStart(from, timeZone) : 0;
  const end = to
    ? dayStart(new Date(Date.parse(`${to}T00:00:00.000Z`) + DAY).toISOString().slice(0, 10), timeZone)
    : FAR;
  return start < end ? { from: new Date(start).toISOString(), to: new Date(end).toISOString() } : null;
}

const FAR = Date.parse("2200-01-01T00:00:00.000Z");

/** Milliseconds that clocks of the zone are ahead of UTC. */
function offsetAt(at: number, timeZone: string): number {
  const number = "numeric";
  const form = { year: number, month: number, day: number, hour: number, minute: number, second: number } as const;
  const clock = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...form });
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return shown - Math.floor(at / 1_000) * 1_000;
}

/** The day of an instant on clocks of a zone, such as "2026-11-21". */
export function dayOf(instant: string, timeZone: string): string {
  const at = Date.parse(instant);
  return new Date(at + offsetAt(at, timeZone)).toISOString().slice(0, 10);
}
