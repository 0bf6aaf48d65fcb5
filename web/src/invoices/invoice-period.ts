import type { Formats } from "../format/formats.js";

/** Such as `1 Jun 2026 – 30 Jun 2026`, in the person's zone; one moment where it is one. */
export function periodWords(from: string, to: string, formats: Formats): string {
  const format = new Intl.DateTimeFormat(formats.locale, { dateStyle: "medium", timeZone: formats.timeZone });
  // A period ends where the next one begins: its last day is the one before.
  const last = new Date(Math.max(Date.parse(to) - 1, Date.parse(from)));
  const [begin, end] = [format.format(new Date(from)), format.format(last)];
  return begin === end ? begin : `${begin} – ${end}`;
}

/** The day of an instant, in the person's zone. */
export function dayWords(at: string | null | undefined, formats: Formats): string {
  if (!at) return "–";
  return new Intl.DateTimeFormat(formats.locale, { dateStyle: "medium", timeZone: formats.timeZone }).format(
    new Date(at),
  );
}
