import type { DocumentNode, GraphQLFormattedError } from "graphql";
import type { RequestCaller } from "./caller.js";

/** One operation for one subgraph, as the gateway planned it. */
export interface SubgraphRequest {
  document: DocumentNode;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
  caller: RequestCaller;
  /** Aborted when the client went away or the operation's time is over. */
  signal?: AbortSignal | undefined;
}

/** What a subgraph tells the gateway beside the answer. Never sent to a client. */
export interface SubgraphExtensions {
  /** Of accounts alone: tokens that travel in HttpOnly cookies; null takes the cookies away. */
  session?: SessionTokens | null;
  /** Of an event of a stream with an argument `after`: where to go on when the connection between the two is lost. */
  cursor?: string;
  /** Of mutations of the tree: no later step of the operation or session may see an older tree. Decimal. */
  tenancyVersion?: string;
  /** Of an event whose trace began at the subgraph. */
  trace?: { traceparent?: string | undefined; tracestate?: string | undefined };
  /** Something asked who the person is where several share the answer: each of them has to ask for itself. */
  perPerson?: true;
}

/** Tokens of one session with the times they run out (epoch milliseconds). */
export interface SessionTokens {
  accessToken: string;
  accessTokenExpiresAt: number;
  refreshToken: string;
  refreshTokenExpiresAt: number;
  /** For a cookie of its own, which outlives the session: this browser need not be asked for a second factor. */
  device?: { token: string; expiresAt: number };
}

export interface SubgraphResponse {
  data?: Record<string, unknown> | null | undefined;
  errors?: readonly GraphQLFormattedError[] | undefined;
  extensions?: SubgraphExtensions | undefined;
}

/** A subgraph as the gateway calls it, in process or over a network. */
export interface SubgraphService {
  readonly name: string;
  /** Whether it takes a caller's `scope` for what it is; callers share no subscription of a service that does not. */
  readonly takesScopes?: boolean;
  execute(request: SubgraphRequest): Promise<SubgraphResponse>;
  /**
   * Events of the one root field. A refusal is a single response with `errors`, then the end.
   * `return()` ends the upstream at once, also while an event is awaited.
   */
  subscribe(request: SubgraphRequest): AsyncIterableIterator<SubgraphResponse>;
}
