import type { RequestCaller } from "@tollgate/kit/protocol";

/** Headers as the client sent them, for subgraphs that know nothing of the gateway. */
export type ForwardedHeaders = Readonly<Record<string, string>>;

/** Who asks, in front of subgraphs that find that out for themselves. */
export interface ForwardingCaller extends RequestCaller {
  forwarded?: ForwardedHeaders | null;
}

/** Never cookies, which belong to the gateway's own origin. */
const names = ["authorization", "accept-language", "traceparent", "tracestate"] as const;

/** Of a client's headers those that go along to subgraphs. */
export function forwardedFrom(headers: Readonly<Record<string, unknown>>): ForwardedHeaders {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === "string" && value !== "") found[name] = value;
  }
  return found;
}

/** What goes along with a caller's operations. */
export function forwardedOf(caller: ForwardingCaller): ForwardedHeaders {
  return caller.forwarded ?? {};
}
