/** Spans of past charts in hours, as they stand in the address. */
export const SPANS = { "1h": 1, "6h": 6, "24h": 24, "7d": 168, "30d": 720, "1y": 8_760 } as const;

export type Span = keyof typeof SPANS;

export function parseMachineSearch(input: Record<string, unknown>): { span?: Span } {
  const span = input["span"];
  return typeof span === "string" && Object.hasOwn(SPANS, span) ? { span: span as Span } : {}; // a key of SPANS
}
