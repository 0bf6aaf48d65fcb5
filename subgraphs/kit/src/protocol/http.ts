import type { Readable } from "node:stream";

/** A plain HTTP request that the gateway passes through to its subgraph. */
export interface PassThroughRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  rawBody: Uint8Array;
  address: string;
}

export interface PassThroughResponse {
  status: number;
  headers?: Record<string, string>;
  /** A stream is sent on as it comes, no faster than the client takes it, and destroyed when the client hangs up. */
  body: string | Uint8Array | Readable;
}

/** A path outside the graph that a subgraph serves, such as `/.well-known/jwks.json`. */
export interface PassThroughRoute {
  method: "GET" | "POST" | "PUT";
  path: string;
  /** Of the body; a megabyte where it is left out. Larger ones are refused before they are read. */
  maxBytes?: number;
  /** Whether answers may be streams: they are passed on without being gathered first. */
  streams?: true;
  handle(request: PassThroughRequest): Promise<PassThroughResponse>;
}
