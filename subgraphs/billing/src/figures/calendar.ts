/** Half-open: from <= t < to. */
export interface Period {
  from: Date;
  to: Date;
}

export type SpendStep = "HOUR" | "DAY" | "MONTH";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Day {
  year: number;
  /** 0 is January; beyond 11 are months of later years. */
  month: number;
  day: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

const clockOf = (zone: string): Intl.DateTimeFormat => {
  let clock = clocks.get(zone);
  if (!clock) {
    const number = "numeric";
    const form = { year: number, month: number, day: number, hour: number, minute: number, second: number } as const;
    clock = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...form });
    clocks.set(zone, clock);
  }
  return clock;
};

/** What clocks of the zone show, as if it were UTC. */
const shownIn = (zone: string, at: number): Date => {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return new Date(Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")));
};

/** Milliseconds that clocks of the zone are ahead of UTC; of whole seconds. */
const offsetIn = (zone: string, at: number): number => shownIn(zone, at).getTime() - Math.floor(at / 1_000) * 1_000;

/** When a day begins in a zone: also one that has no midnight, or two of them. */
const beginOf = (zone: string, { year, month, day }: Day): Date => {
  const midnight = Date.UTC(year, month, day);
  const [before, after] = [offsetIn(zone, midnight - DAY), offsetIn(zone, midnight + DAY)];
  const shows = [midnight - before, midnight - after].filter((at) => shownIn(zone, at).getTime() === midnight);
  return new Date(shows.length > 0 ? Math.min(...shows) : midnight - before);
};

const dayOf = (zone: string, at: Date): Day => {
  const shown = shownIn(zone, at.getTime());
  return { year: shown.getUTCFullYear(), month: shown.getUTCMonth(), day: shown.getUTCDate() };
};

/** The calendar month of a zone in which a moment lies, or one that many months later. */
export const monthOf = (zone: string, at: Date, later = 0): Period => {
  const { year, month } = dayOf(zone, at);
  const begin = (months: number) => beginOf(zone, { year, month: month + months, day: 1 });
  return { from: begin(later), to: begin(later + 1) };
};

const isBeginOfMonth = (zone: string, at: Date): boolean => monthOf(zone, at).from.getTime() === at.getTime();

/** What a period is compared with: as many calendar months where it is made of such, else the same time just before. */
export const previousOf = (zone: string, { from, to }: Period): Period => {
  if (isBeginOfMonth(zone, from) && isBeginOfMonth(zone, to)) {
    const [first, last] = [dayOf(zone, from), dayOf(zone, to)];
    const months = (last.year - first.year) * 12 + last.month - first.month;
    return { from: monthOf(zone, from, -months).from, to: from };
  }
  return { from: new Date(2 * from.getTime() - to.getTime()), to: from };
};

/**
 * Where the steps of a period begin: at its own beginning, then at every full hour of UTC, or at each day or month of the
 * zone. At most `most` of them, and one more where there were more.
 */
export const stepsOf = (zone: string, { from, to }: Period, step: SpendStep, most: number): Date[] => {
  const steps = [from];
  const first = dayOf(zone, from);
  for (let nth = 1; steps.length <= most; nth += 1) {
    const next =
      step === "HOUR"
        ? new Date((Math.floor(from.getTime() / HOUR) + nth) * HOUR)
        : beginOf(
            zone,
            step === "DAY" ? { ...first, day: first.day + nth } : { ...first, month: first.month + nth, day: 1 },
          );
    if (next >= to) break;
    if (next > from) steps.push(next);
  }
  return steps;
};
