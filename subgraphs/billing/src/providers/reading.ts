import { WebhookRefusal } from "./provider.js";

/** A field of what a provider sent; undefined where there is none. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name] // it has this property, as was asked
    : undefined;

/** A text that is not empty, else null. */
export const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** An integer, as a number or as digits; null for anything else. */
export const integerOf = (value: unknown): bigint | null => {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === "string" && /^\d{1,18}$/.test(value) ? BigInt(value) : null;
};

/** The JSON of a webhook. @throws WebhookRefusal for anything that is none. */
export const recordOf = (rawBody: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
  } catch {
    throw new WebhookRefusal("It is no JSON.");
  }
};
