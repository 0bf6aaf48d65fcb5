import { AsyncLocalStorage } from "node:async_hooks";

export interface RequestScope {
  /** For Apollo Server's error formatter, which is told nothing but the error. */
  requestId: string;
  /** Whether the request was a well-formed GraphQL request, whatever its document says. */
  wellFormed: boolean;
}

/** The HTTP request that is being answered. */
export const requestScope = new AsyncLocalStorage<RequestScope>();
