import { readSetting, type Tx } from "@tollgate/kit";

export const FALLBACK = "en-ZA";

/** The engine throws at a tag that is not even formed like one. */
const wellFormed = (locale: string): string => (/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(locale) ? locale : FALLBACK);

const written = (at: Date, locale: string, format: Intl.DateTimeFormatOptions): string => {
  const [supported = FALLBACK] = Intl.DateTimeFormat.supportedLocalesOf([wellFormed(locale), FALLBACK]);
  return new Intl.DateTimeFormat(supported, { timeZone: "UTC", ...format }).format(at);
};

const CLOCK = { hour: "2-digit", minute: "2-digit", timeZoneName: "short" } as const;

/** `14:35 UTC` as the locale writes it; an unknown locale counts as en-ZA. */
const clockTime = (at: Date, locale: string, timeZone = "UTC"): string => written(at, locale, { ...CLOCK, timeZone });

/** `21 November 2026 at 14:35 UTC` as the locale writes it. */
export const dateTime = (at: Date, locale: string, timeZone = "UTC"): string =>
  written(at, locale, { ...CLOCK, day: "numeric", month: "long", year: "numeric", timeZone });

/** `21 November 2026` as the locale writes it. */
export const dayOf = (at: Date, locale: string, timeZone = "UTC"): string =>
  written(at, locale, { dateStyle: "long", timeZone });

/** Times as one person reads them, on the calendar of an organisation's books. */
export interface Times {
  clock(at: Date): string;
  day(at: Date): string;
  moment(at: Date): string;
}

/** Where days of an organisation begin and end, as on its invoices. */
export const timeZoneOf = (tx: Tx, organisationId: string): Promise<string> =>
  readSetting(tx, "billing.timeZone", organisationId);

export const timesIn = (locale: string, timeZone: string): Times => ({
  clock: (at) => clockTime(at, locale, timeZone),
  day: (at) => dayOf(at, locale, timeZone),
  moment: (at) => dateTime(at, locale, timeZone),
});

const UNITS = [
  ["minute", 60_000, 90],
  ["hour", 3_600_000, 36],
  ["day", 86_400_000, Number.POSITIVE_INFINITY],
] as const;

/** `5 minutes`, `24 hours`, `7 days`; never less than a minute. */
const remaining = (until: Date, now: Date): string => {
  const left = until.getTime() - now.getTime();
  const [unit, length] = UNITS.find(([, size, most]) => left / size < most) ?? UNITS[2];
  const count = Math.max(1, Math.round(left / length));
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
};

const DAY = 86_400_000;

/** `in 5 minutes, at 14:35 UTC`; with the date where it is a day or more from now. */
export const ending = (until: Date, now: Date, locale: string): string => {
  const isSoon = until.getTime() - now.getTime() < DAY;
  return `in ${remaining(until, now)}, ${isSoon ? `at ${clockTime(until, locale)}` : `on ${dateTime(until, locale)}`}`;
};
