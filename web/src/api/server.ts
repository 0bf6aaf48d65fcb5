import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { createStore } from "../app/store.js";
import { Unreachable } from "./problems.js";

const ENDPOINT = `${import.meta.env.BASE_URL}graphql`;
const PATIENCE_MS = 30_000;

/** Milliseconds by which the server's clock is ahead of the browser's, from the `Date` header of its last answer. */
const clockAhead = createStore(0);

/** Where live data comes from: the same endpoint, as a WebSocket. */
export function socketAddress(): string {
  const address = new URL(ENDPOINT, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** The server's clock in milliseconds since 1970, as well as an answer's header tells. */
export function serverNow(): number {
  return Date.now() + clockAhead.get();
}

/** An instant of the server on the browser's clock, in milliseconds since 1970. */
export function onOwnClock(instant: string): number {
  return Date.parse(instant) - clockAhead.get();
}

/**
 * `fetch` with the session's cookies that gives up after 30 s instead of hanging, and notes the server's clock.
 * @throws Unreachable when no answer came
 */
export async function patientFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  const response = await fetch(input, { ...init, credentials: "same-origin", signal }).catch((error: unknown) => {
    // Who took the request back does not want to hear of it as an outage.
    throw init.signal?.aborted ? error : new Unreachable(error);
  });
  const serverTime = Date.parse(response.headers.get("date") ?? "");
  // The header has whole seconds: a smaller difference says nothing.
  if (!Number.isNaN(serverTime)) {
    const ahead = serverTime - Date.now();
    clockAhead.set(Math.abs(ahead) < 2_000 ? 0 : ahead);
  }
  return response;
}

/**
 * A link of the server's as a path of this page's own origin: the address that the server calls its own may be written
 * in another way (localhost, 127.0.0.1), and a page sends to no other origin than its own.
 */
export function onOwnOrigin(link: string): string {
  const { pathname, search } = new URL(link);
  return pathname + search;
}

export interface GraphQLAnswer<T> {
  data?: T | null;
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
}

/**
 * One operation outside of the cache, for the steps that make or renew the session itself.
 * @throws Unreachable when no answer came, SyntaxError when the answer is no JSON
 */
export async function send<TData, TVariables>(
  document: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
): Promise<GraphQLAnswer<TData>> {
  const response = await patientFetch(ENDPOINT, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...PREFLIGHT },
    body: JSON.stringify({ query: print(document), variables }),
  });
  // The server answers in the shape of the GraphQL-over-HTTP specification; the documents' types come from its schema.
  return (await response.json()) as GraphQLAnswer<TData>;
}

/** Makes every request one that a foreign page cannot send without asking first (CSRF). */
export const PREFLIGHT = { "apollo-require-preflight": "true" };
export { ENDPOINT };
