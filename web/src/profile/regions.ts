/** Languages and regions that are offered; a person may have another one, which then stands with them. */
const OFFERED = [
  "en-ZA",
  "af-ZA",
  "zu-ZA",
  "xh-ZA",
  "en-GB",
  "en-US",
  "en-AU",
  "en-IN",
  "en-KE",
  "en-NG",
  "en-PK",
  "ur-PK",
  "id-ID",
  "de-DE",
  "es-ES",
  "fr-FR",
  "nl-NL",
  "pt-BR",
  "pt-PT",
];

export interface Choice {
  value: string;
  label: string;
}

/** Languages by name, as English has it, in the order of the alphabet. */
export function localeChoices(current: string | null): Choice[] {
  const names = new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" });
  const tags = new Set(current === null ? OFFERED : [current, ...OFFERED]);
  return [...tags]
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, "en"));
}

/** All time zones that the browser knows, by name; the one that a person has as well, also where the browser calls it differently. */
export function timeZoneChoices(current: string | null): Choice[] {
  const zones = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...(current === null ? [] : [current])]);
  return [...zones]
    .sort((a, b) => a.localeCompare(b, "en"))
    .map((value) => ({ value, label: value.replaceAll("_", " ") }));
}

/** How an amount and an instant look there, to see what one chooses. */
export function sampleOf(locale: string, timeZone: string, at: Date): string {
  const amount = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(1234.5);
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone }).format(at);
  return `${amount} · ${time}`;
}
