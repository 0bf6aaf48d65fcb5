import type { RevocationWatch, TokenVerifier } from "@tollgate/kit/net";
import type { AccessClaims } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { refusal } from "../observe/errors.js";

/** What a client shows of itself. */
export interface Credentials {
  /** From `Authorization: Bearer`; counts before the cookie. */
  bearer: string | null;
  accessCookie: string | null;
}

/** Who asks (null: nobody known), or why the request may do nothing at all. */
export interface Identified {
  claims: AccessClaims | null;
  /** What the claims were read from; subgraphs in other processes verify it again. */
  accessToken: string | null;
  refusal: GraphQLError | null;
}

const anonymous: Identified = { claims: null, accessToken: null, refusal: null };
const refused = (why: GraphQLError): Identified => ({ ...anonymous, refusal: why });

/** Tells who asks. */
export class Identity {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationWatch,
  ) {}

  /**
   * A bad bearer token is refused: its owner asked to be believed. A cookie that is no good makes the request anonymous,
   * because the browser sends it along with signing in, too. Keys or revocations that are not there refuse both.
   */
  async identify(credentials: Credentials): Promise<Identified> {
    const token = credentials.bearer ?? credentials.accessCookie;
    if (token === null) return anonymous;
    const outcome = await this.verifier.verify(token);
    if (outcome.state === "unverifiable" || !this.revocations.loaded) {
      return refused(refusal("UNAVAILABLE", "Nobody can be recognised at the moment"));
    }
    const complaint = outcome.state === "valid" ? this.complaintAbout(outcome.claims) : complaints[outcome.state];
    if (outcome.state === "valid" && complaint === null)
      return { claims: outcome.claims, accessToken: token, refusal: null };
    if (credentials.bearer === null) return anonymous;
    return refused(refusal("UNAUTHENTICATED", complaint ?? complaints.invalid));
  }

  /** Why a token that was good once is not any more; null when it still is. */
  complaintAbout(claims: AccessClaims): string | null {
    if (this.revocations.isEnded(claims.sid)) return "The session has ended";
    return this.revocations.isStale(claims) ? complaints.expired : null;
  }
}

const complaints = { expired: "The token has expired", invalid: "The token is not valid" } as const;
