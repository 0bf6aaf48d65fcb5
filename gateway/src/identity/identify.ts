import type { RevocationWatch, TokenVerifier } from "@tollgate/kit/net";
import { type AccessClaims, API_KEY_START, type ShownApiKey } from "@tollgate/kit/protocol";
import type { GraphQLError } from "graphql";
import { refusal } from "../observe/errors.js";
import type { ApiKeyExchanges } from "./api-keys.js";

/** What a client shows of itself, and from where. */
export interface Credentials extends Omit<ShownApiKey, "secret"> {
  /** From `x-api-key`; counts before all others. Never taken from cookies or addresses. */
  apiKey: string | null;
  /** From `Authorization: Bearer`, an access token or an API key; counts before the cookie. */
  bearer: string | null;
  accessCookie: string | null;
}

/** Who asks (null: nobody known), or why the request may do nothing at all. */
export interface Identified {
  claims: AccessClaims | null;
  /** What the claims were read from; subgraphs in other processes verify it again. */
  accessToken: string | null;
  refusal: GraphQLError | null;
  /** Epoch milliseconds after which the claims do not hold, renewed or not; null while nothing limits them. */
  until: number | null;
}

export const anonymous: Identified = { claims: null, accessToken: null, refusal: null, until: null };
const refused = (why: GraphQLError): Identified => ({ ...anonymous, refusal: why });
const unavailable = () => refused(refusal("UNAVAILABLE", "Nobody can be recognised at the moment"));

/** Tells who asks. */
export class Identity {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationWatch,
    private readonly apiKeys: ApiKeyExchanges,
  ) {}

  /**
   * A bad bearer token or API key is refused: its owner asked to be believed. A cookie that is no good makes the request
   * anonymous, because the browser sends it along with signing in, too. Keys or revocations that are not there refuse all.
   */
  async identify(credentials: Credentials): Promise<Identified> {
    const secret = apiKeyOf(credentials);
    if (secret !== null) return await this.identifyKey({ ...originOf(credentials), secret });
    const token = credentials.bearer ?? credentials.accessCookie;
    if (token === null) return anonymous;
    const outcome = await this.verifier.verify(token);
    if (outcome.state === "unverifiable" || !this.revocations.loaded) return unavailable();
    if (outcome.state === "valid") await this.revocations.upToDate();
    const complaint = outcome.state === "valid" ? this.complaintAbout(outcome.claims) : complaints[outcome.state];
    if (outcome.state === "valid" && complaint === null)
      return { ...anonymous, claims: outcome.claims, accessToken: token };
    if (credentials.bearer === null) return anonymous;
    return refused(refusal("UNAUTHENTICATED", complaint ?? complaints.invalid));
  }

  /** Why a token that was good once is not any more; null when it still is. */
  complaintAbout(claims: AccessClaims): string | null {
    if (this.revocations.isEnded(claims.sid)) return "The session has ended";
    return this.revocations.isStale(claims) ? complaints.expired : null;
  }

  /** What is known of a key is asked for anew once where it does not hold any more: the key may do something else now. */
  private async identifyKey(shown: ShownApiKey): Promise<Identified> {
    if (!this.revocations.loaded) return unavailable();
    await this.revocations.upToDate();
    const known = await this.exchange(shown);
    if (known !== "outdated") return known;
    this.apiKeys.forget(shown);
    const renewed = await this.exchange(shown);
    return renewed === "outdated" ? refused(refusal("UNAUTHENTICATED", complaints.key)) : renewed;
  }

  private async exchange(shown: ShownApiKey): Promise<Identified | "outdated"> {
    const answer = await this.apiKeys.of(shown).catch(() => null);
    if (!answer) return unavailable();
    if (answer.state === "invalid") return refused(refusal("UNAUTHENTICATED", complaints.key));
    if (answer.state === "foreign-address") return refused(refusal("FORBIDDEN", complaints.foreignAddress));
    const { accessToken, until } = answer;
    const outcome = await this.verifier.verify(accessToken);
    if (outcome.state === "unverifiable") return unavailable();
    if (outcome.state !== "valid" || this.complaintAbout(outcome.claims) !== null) return "outdated";
    return { claims: outcome.claims, accessToken, refusal: null, until };
  }
}

/** Milliseconds that a live connection may last: until what was shown is good no more, and no longer than `most`. */
export function lifeOf({ until }: Identified, most: number): number {
  return until === null ? most : Math.min(most, Math.max(0, until - Date.now()));
}

/** The API key that is shown as one or as a bearer token. */
function apiKeyOf({ apiKey, bearer }: Credentials): string | null {
  return apiKey ?? (bearer?.startsWith(API_KEY_START) ? bearer : null);
}

function originOf({ address, userAgent, requestId }: Credentials) {
  return { address, userAgent, requestId };
}

const complaints = {
  expired: "The token has expired",
  invalid: "The token is not valid",
  key: "The API key is not valid",
  foreignAddress: "The API key may not be used from this address",
} as const;
