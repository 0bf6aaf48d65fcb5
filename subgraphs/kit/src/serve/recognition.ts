import type { IncomingHttpHeaders } from "node:http";
import type { GraphQLFormattedError } from "graphql";
import type { RevocationWatch } from "../net/revocations.js";
import type { TokenVerifier } from "../net/tokens.js";
import type { AccessClaims, RequestCaller } from "../protocol/caller.js";
import { unclose } from "../protocol/envelope.js";
import type { ErrorCode } from "../protocol/error-codes.js";
import { BAD_NARROWING, clientFrom, narrowingFrom, requestIdFrom } from "../protocol/headers.js";

/** Who asks, or why nothing may be done for them. */
export type Recognised = { caller: RequestCaller } | { refusal: GraphQLFormattedError };

/** A stranger's request is awaited this long. */
const STRANGER_MILLISECONDS = 15_000;
/** A stream that the gateway keeps open outlives the token it began with, by at most the life of a refresh token. */
const GATEWAY_TOLERANCE_SECONDS = 8 * 86_400;

export const refuse = (code: ErrorCode, message: string): { refusal: GraphQLFormattedError } => ({
  refusal: { message, extensions: { code } },
});

/** Finds out who asks. Nobody's claims are believed: the access token is verified here, whoever hands it over. */
export class Recognition {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationWatch,
  ) {}

  /**
   * Of a call that is signed by the gateway, which has looked at what was revoked: a mutation that ends its own session
   * can still read what it did. A scope is the gateway's own word for all who share a subscription, and nobody's token:
   * the subgraph lets it listen, and join entities, and nothing else.
   */
  async fromGateway(extensions: unknown): Promise<Recognised> {
    const told = unclose(extensions);
    if (!told) return refuse("INVALID_INPUT", "The gateway's call has no envelope");
    if (told.scope) return { caller: { ...told, accessToken: null, refreshToken: null, claims: null } };
    if (!told.accessToken) return { caller: { ...told, claims: null } };
    const outcome = await this.verifier.verify(told.accessToken, GATEWAY_TOLERANCE_SECONDS);
    if (outcome.state === "valid") return { caller: { ...told, claims: outcome.claims } };
    if (outcome.state === "unverifiable") return refuse("UNAVAILABLE", "Nobody can be recognised at the moment");
    return refuse("UNAUTHENTICATED", "The token is not valid");
  }

  /** Of anybody else: only what clients may say of themselves counts. */
  async stranger(headers: IncomingHttpHeaders, bearer: string | null, address: string): Promise<Recognised> {
    const narrowedOrganisationId = narrowingFrom(headers["x-organisation-id"]);
    if (narrowedOrganisationId === undefined) return refuse("INVALID_INPUT", BAD_NARROWING);
    const claims = bearer === null ? null : await this.claimsOf(bearer);
    if (claims && "refusal" in claims) return claims;
    return {
      caller: {
        ...clientFrom(headers),
        requestId: requestIdFrom(headers),
        claims,
        narrowedOrganisationId,
        address,
        refreshToken: null,
        deadline: Date.now() + STRANGER_MILLISECONDS,
        minimumTenancyVersion: null,
      },
    };
  }

  /** Whether a token that was good once does not hold any more. */
  hasEnded(claims: AccessClaims): boolean {
    return this.revocations.isEnded(claims.sid) || this.revocations.isStale(claims);
  }

  private async claimsOf(token: string): Promise<AccessClaims | { refusal: GraphQLFormattedError }> {
    const outcome = await this.verifier.verify(token);
    if (outcome.state === "unverifiable" || !this.revocations.loaded)
      return refuse("UNAVAILABLE", "Nobody can be recognised at the moment");
    if (outcome.state !== "valid")
      return refuse(
        "UNAUTHENTICATED",
        outcome.state === "expired" ? "The token has expired" : "The token is not valid",
      );
    await this.revocations.upToDate();
    const { claims } = outcome;
    if (this.revocations.isEnded(claims.sid)) return refuse("UNAUTHENTICATED", "The session has ended");
    return this.revocations.isStale(claims) ? refuse("UNAUTHENTICATED", "The token has expired") : claims;
  }
}
