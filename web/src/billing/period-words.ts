import type { Formats } from "../format/formats.js";

const DAY_MS = 86_400_000;

/**
 * The name of a calendar month by the moment at which it begins somewhere: ten days on it is the same month everywhere.
 */
export function monthName(begin: string, locale: string | undefined): string {
  const form = { month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale, form).format(Date.parse(begin) + 10 * DAY_MS);
}

/** A moment of the day that begins somewhere, which is the same day in UTC. */
export function noonOf(begin: string): string {
  return new Date(Date.parse(begin) + DAY_MS / 2).toISOString();
}

export interface PeriodChoice {
  /** As the address has it; empty is the running month. */
  value: string;
  label: string;
  from?: string;
  to?: string;
}

interface Spending {
  from: string;
  to: string;
  pastBills: readonly { at: string }[];
}

const choiceOf = (label: string, from: string, to: string): PeriodChoice => ({
  value: `${from} ${to}`,
  label,
  from,
  to,
});

/** The months that were charged, newest first, and all of them together. */
export function periodChoices({ from, to, pastBills }: Spending, { locale }: Formats): PeriodChoice[] {
  const months = pastBills.map(({ at }, nth) => choiceOf(monthName(at, locale), at, pastBills[nth + 1]?.at ?? from));
  const [first] = pastBills;
  const all = first ? [choiceOf(`All since ${monthName(first.at, locale)}`, first.at, to)] : [];
  return [{ value: "", label: "This month" }, ...months.reverse(), ...all];
}
