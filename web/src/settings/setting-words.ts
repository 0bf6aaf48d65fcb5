import type { Formats } from "../format/formats.js";
import { ABSENT } from "../format/formats.js";
import type { OrganisationKind, SettingFieldsFragment } from "../gql/graphql.js";

type Definition = SettingFieldsFragment["definition"];

const AREAS: Record<string, string> = {
  signUp: "Sign-up",
  mfa: "Second factor",
  sessions: "Sessions",
  audit: "Audit trail",
  billing: "Billing",
  payments: "Payment providers",
  whatsapp: "WhatsApp",
  notifications: "Notifications",
  telemetry: "Samples of machines",
  mail: "Mail",
};

/** Settings that belong together, in the order of the registry. */
export interface SettingGroup {
  area: string;
  settings: SettingFieldsFragment[];
}

/** In groups by the first part of the key; only those that `find` is about. */
export function groupsOf(settings: readonly SettingFieldsFragment[], find: string): SettingGroup[] {
  const groups = new Map<string, SettingFieldsFragment[]>();
  for (const setting of settings) {
    const area = areaOf(setting.definition.key);
    if (!isAbout(setting, area, find)) continue;
    groups.set(area, [...(groups.get(area) ?? []), setting]);
  }
  return [...groups].map(([area, found]) => ({ area, settings: found }));
}

function areaOf(key: string): string {
  const first = key.split(".")[0] ?? "";
  return AREAS[first] ?? sentence(first);
}

function isAbout({ definition }: SettingFieldsFragment, area: string, find: string): boolean {
  const text = `${area} ${definition.title} ${definition.key} ${definition.description}`.toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function sentence(camel: string): string {
  const words = camel.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The amount that JSON has; null where it is none. */
export function amountOf(value: unknown): { minorUnits: string; currency: string } | null {
  if (typeof value !== "object" || value === null) return null;
  const { minorUnits, currency } = value as Record<string, unknown>; // an object, so it can be asked for both
  return typeof minorUnits === "string" && typeof currency === "string" ? { minorUnits, currency } : null;
}

function moneyWords(value: unknown, locale: string | undefined): string {
  const amount = amountOf(value);
  if (!amount) return ABSENT;
  const digits = amount.minorUnits.padStart(3, "0");
  // Digits with one point, so that it is exact at any size.
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}` as `${number}`;
  return new Intl.NumberFormat(locale, { style: "currency", currency: amount.currency }).format(text);
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Seconds in the largest unit that they are a whole number of. */
export function inUnits(seconds: number): { count: number; unit: (typeof UNITS)[number][0] } {
  const [unit, length] = UNITS.find(([, each]) => seconds % each === 0) ?? UNITS[3];
  return { count: seconds / length, unit };
}

/** The other way round. */
export function inSeconds(count: number, unit: string): number {
  return count * (UNITS.find(([name]) => name === unit)?.[1] ?? 1);
}

export function durationWords(seconds: number): string {
  const { count, unit } = inUnits(seconds);
  return counted(String(count), count, `${unit}s`);
}

/** "24 hours", "1 hour". */
function counted(number: string, count: number, unit: string | null): string {
  if (unit === null) return number;
  return `${number} ${count === 1 ? unit.replace(/s$/, "") : unit}`;
}

/** A value as a person reads it. */
export function valueWords(definition: Definition, value: unknown, isSet: boolean, formats: Formats): string {
  switch (definition.type) {
    case "SECRET":
      return isSet ? "There is one" : "None";
    case "BOOLEAN":
      return value === true ? "Yes" : "No";
    case "INTEGER":
      return typeof value === "number" ? counted(formats.number(value), value, definition.unit) : ABSENT;
    case "DURATION":
      return typeof value === "number" ? durationWords(value) : ABSENT;
    case "MONEY":
      return moneyWords(value, formats.locale);
    case "LIST":
      return Array.isArray(value) && value.length > 0 ? value.join(", ") : "None";
    default:
      return typeof value === "string" && value !== "" ? value : ABSENT;
  }
}

/** Where a value comes from. */
export function sourceWords({ source, inheritedFrom, definition }: SettingFieldsFragment): string {
  switch (source) {
    case "ENVIRONMENT":
      return `Set by the environment, as ${definition.variable}`;
    case "ORGANISATION":
      return "Set here";
    case "ANCESTOR":
      return inheritedFrom ? `Inherited from ${inheritedFrom.name}` : "Inherited from above";
    case "PLATFORM":
      return inheritedFrom ? `Inherited from ${inheritedFrom.name}` : "Set for the whole platform";
    default:
      return "Default";
  }
}

const RANK: Record<OrganisationKind, number> = { CUSTOMER: 0, RESELLER: 1, INTERNAL: 2 };

/**
 * Why a setting cannot be written, or null where it may; the server decides in any case.
 * @param own kind of the person's own organisation. @param here of that whose settings these are.
 */
export function whyFixed(
  { source, definition }: SettingFieldsFragment,
  own: OrganisationKind,
  here: OrganisationKind,
): string | null {
  if (source === "ENVIRONMENT") return "It cannot be changed here.";
  if (RANK[own] < RANK[definition.writeLevel]) {
    return definition.writeLevel === "INTERNAL" ? "The operator sets it." : "The organisation above sets it.";
  }
  if (definition.writeLevel === "INTERNAL" && here !== "INTERNAL")
    return "It is set at the operator's own organisation.";
  return null;
}
