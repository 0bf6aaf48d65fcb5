import type { ApiKeyState } from "../gql/graphql.js";

const DAY_MS = 86_400_000;

/** How long a key may live, as it is offered: days as text, or empty for good. */
export const LIVES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
  { value: "", label: "Until it is revoked" },
];

/** When a key ends that is made now; null for never. */
export function endOf(life: string, now: number): string | null {
  return life === "" ? null : new Date(now + Number(life) * DAY_MS).toISOString();
}

/** How long an old secret may work on, in minutes. */
export const OVERLAPS = [
  { value: "60", label: "An hour" },
  { value: "1440", label: "A day" },
  { value: "10080", label: "A week" },
  { value: "0", label: "Not at all" },
];

/** Addresses as somebody writes them: one a line, or with commas or spaces between. */
export function addressesFrom(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}

export const STATE_WORDS: Record<ApiKeyState, string> = {
  ACTIVE: "Active",
  ROTATING: "Old and new secret work",
  EXPIRED: "Expired",
  REVOKED: "Revoked",
};
