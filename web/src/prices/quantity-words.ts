import type { Formats } from "../format/formats.js";

/** What is counted, in the last word of a unit; `GB` and `vCPU` stay as they are. */
const COUNTED = /\b(hour|piece|period)s?$/;

/** A line's quantity with its unit in the person's locale: `1,5 GB hours`, `1 hour`, `3 pieces`; empty for none. */
export function quantityWords(
  formats: Pick<Formats, "number">,
  quantity: string | null | undefined,
  unit: string | null | undefined,
): string {
  if (!quantity) return "";
  const words = (unit ?? "").replace(COUNTED, Number(quantity) === 1 ? "$1" : "$1s");
  return `${formats.number(Number(quantity), 2)} ${words}`.trim();
}
