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
  body: string | Uint8Array;
}

/** A path outside the graph that a subgraph serves, such as `/.well-known/jwks.json`. */
export interface PassThroughRoute {
  method: "GET" | "POST" | "PUT";
  path: string;
  /** Of the body; a megabyte where it is left out. Larger ones are refused before they are read. */
  maxBytes?: number;
  handle(request: PassThroughRequest): Promise<PassThroughResponse>;
}
