/** What the interface shows for a value that is absent: never 0, never NaN. */
export const ABSENT = "–";

type Absent = null | undefined;

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const RATE_UNITS = ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"];
const AGO_STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export interface FormatsOptions {
  /** BCP 47 tag of the person's locale. */
  locale?: string | null;
  /** IANA zone; the browser's own when left out. */
  timeZone?: string | null;
}

export interface Formats {
  /** The person's locale where the browser knows it. */
  locale: string | undefined;
  timeZone: string;
  /** A whole or fractional number, at most `digits` places (0 when left out). */
  number(value: number | Absent, digits?: number): string;
  /** A share of 0–100 such as "42 %", with one place below ten. */
  percent(value: number | Absent): string;
  /** A size in bytes (number, or text above 2^53) in binary units: "8 GiB". */
  bytes(value: string | number | Absent): string;
  /** Bytes per second in decimal units: "1.2 MB/s". */
  rate(value: number | Absent): string;
  /** A length of time in seconds as its two largest parts: "3 d 4 h". */
  duration(seconds: string | number | Absent): string;
  /** Day and time of an instant. */
  dateTime(instant: string | Absent): string;
  /** A day such as "2026-11-21", whatever the zone. */
  day(day: string | Absent): string;
  /** Time of day with seconds, of milliseconds since 1970. */
  time(milliseconds: number): string;
  /** "5 minutes ago", counted from `now` (milliseconds since 1970). */
  ago(instant: string | Absent, now: number): string;
}

/** Formatters in the person's locale and zone; an unknown one falls back to the browser's own. */
export function createFormats(options: FormatsOptions = {}): Formats {
  const locale = supportedLocale(options.locale);
  const timeZone = supportedTimeZone(options.timeZone);
  const numbers = [0, 1, 2].map(
    (digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: 0 }),
  );
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

  const number = (value: number | Absent, digits = 0) =>
    isPresent(value) ? ((numbers[Math.min(digits, 2)] ?? numbers[0])?.format(value) ?? ABSENT) : ABSENT;

  const scaled = (value: number, base: number, units: string[]) => {
    let step = 0;
    let rest = value;
    while (Math.abs(rest) >= base && step < units.length - 1) {
      rest /= base;
      step += 1;
    }
    return `${number(rest, step > 0 && Math.abs(rest) < 100 ? 1 : 0)} ${units[step]}`;
  };

  return {
    locale,
    timeZone,
    number,
    percent: (value) => (isPresent(value) ? `${number(value, Math.abs(value) < 10 ? 1 : 0)} %` : ABSENT),
    bytes: (value) => {
      const size = toNumber(value);
      return size === null ? ABSENT : scaled(size, 1024, BYTE_UNITS);
    },
    rate: (value) => (isPresent(value) ? scaled(value, 1000, RATE_UNITS) : ABSENT),
    duration: (value) => {
      const seconds = toNumber(value);
      return seconds === null ? ABSENT : durationWords(seconds);
    },
    day: (day) => {
      const at = toTime(day);
      return at === null ? ABSENT : days.format(at);
    },
    dateTime: (instant) => {
      const at = toTime(instant);
      return at === null ? ABSENT : dates.format(at);
    },
    time: (milliseconds) => times.format(milliseconds),
    ago: (instant, now) => {
      const at = toTime(instant);
      if (at === null) return ABSENT;
      const seconds = Math.round((at - now) / 1000);
      for (const [unit, length] of AGO_STEPS) {
        if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
      }
      return relative.format(0, "second");
    },
  };
}

/** Share of `part` in `whole` as 0–100; null when either is absent or the whole is zero. Both may exceed 2^53. */
export function shareOf(part: string | Absent, whole: string | Absent): number | null {
  const numerator = toNumber(part);
  const denominator = toNumber(whole);
  if (numerator === null || denominator === null || denominator === 0) return null;
  return (numerator / denominator) * 100;
}

/** For display only: a size above 2^53 loses its last digits here, which no unit shows. */
function toNumber(value: string | number | Absent): number | null {
  if (value === null || value === undefined || value === "") return null;
  const result = Number(value);
  return Number.isFinite(result) ? result : null;
}

function toTime(instant: string | Absent): number | null {
  if (!instant) return null;
  const at = Date.parse(instant);
  return Number.isNaN(at) ? null : at;
}

function isPresent(value: number | Absent): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function durationWords(total: number): string {
  const seconds = Math.max(0, Math.floor(total));
  const parts: [amount: number, unit: string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

function supportedLocale(locale: string | Absent): string | undefined {
  if (!locale) return undefined;
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    // A tag that the browser does not know: its own locale is the better guess.
    return undefined;
  }
}

function supportedTimeZone(timeZone: string | Absent): string {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!timeZone) return own;
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    // A zone that the browser does not know.
    return own;
  }
}
