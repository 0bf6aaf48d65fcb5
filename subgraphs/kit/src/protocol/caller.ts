/** Claims of a verified access token (JWT RS256, 15 minutes). */
export interface AccessClaims {
  /** User id, or the id of an API key. */
  sub: string;
  /** Session id; of an API key that of the secret that was shown. */
  sid: string;
  /** The user's own organisation, or the key's. */
  org: string;
  /** Kind of that organisation. */
  kind: OrganisationKind;
  /** `resource:action`, sorted. */
  permissions: readonly string[];
  /** Version of the grant that `permissions` was read from. */
  permissionsVersion: number;
  /** Seconds since the epoch. */
  exp: number;
  /** Only where an API key asks and no person. */
  apiKey?: { requestsPerMinute: number } | undefined;
}

export type OrganisationKind = "INTERNAL" | "RESELLER" | "CUSTOMER";

/**
 * What all those have in common who share one live subscription: where they stand and what they may do. There is no
 * person and no session in it, so that nothing of the first one to subscribe can reach the others.
 */
export interface CallerScope {
  /** Their own organisation. */
  org: string;
  /** Kind of that organisation. */
  kind: OrganisationKind;
  /** `resource:action`, sorted. */
  permissions: readonly string[];
}

/** Who asks and from where, as verified at the edge; goes along with every subgraph call. */
export interface RequestCaller {
  requestId: string;
  /** Null for an anonymous request. */
  claims: AccessClaims | null;
  /** In place of claims, for live subscriptions that several callers share and for what is joined to their events. */
  scope?: CallerScope | null;
  /** What the claims were read from; goes along where the subgraph is another process and verifies it again. */
  accessToken?: string | null;
  /** From `x-organisation-id`, not verified: the subgraph refuses one outside the estate. */
  narrowedOrganisationId: string | null;
  address: string;
  userAgent: string;
  /** The refresh token of the cookie; for accounts alone. */
  refreshToken: string | null;
  /** Of the cookie of a browser that need not be asked for a second factor; for accounts alone. */
  deviceToken?: string | null;
  /** First language tag the client accepts, such as `en-ZA`. */
  locale: string | null;
  /** Epoch milliseconds after which nobody waits for the answer. */
  deadline: number;
  /** Of a subscription: the trace that opened it, which each event's own trace names. */
  trace?: { traceparent?: string | undefined; tracestate?: string | undefined } | null;
  /** The tree must be at least this new (decimal); see SubgraphExtensions.tenancyVersion. */
  minimumTenancyVersion: string | null;
}
