import type { JSONWebKeySet } from "jose";

/** What has been revoked after a sequence number; the gateway asks every 250 ms. */
export interface Revocations {
  /** Ask from here next time (decimal). */
  sequence: string;
  endedSessionIds: readonly string[];
  /** The permissions of these users are newer than tokens with a lower version. */
  permissionsVersions: readonly { userId: string; version: number }[];
}

/** Issuer and audience of all access tokens. */
export const TOKEN_ISSUER = "tollgate";
export const TOKEN_AUDIENCE = "tollgate";

/** What begins every secret of an API key, so that it is told from an access token where both may stand. */
export const API_KEY_START = "tgk_";

/** An API key as somebody showed it at the edge. */
export interface ShownApiKey {
  secret: string;
  /** Where it was shown from. */
  address: string;
  userAgent: string;
  requestId: string;
}

/** What accounts gives for an API key: a short-lived access token that says what the key may do, or why there is none. */
export type ApiKeyExchange =
  | {
      state: "accepted";
      accessToken: string;
      /** Epoch milliseconds after which the secret itself is good no more; null while nothing limits it. */
      until: number | null;
    }
  /** Wrong, revoked, expired and without anybody who answers for it look the same from outside. */
  | { state: "invalid" }
  /** The key is good, but not from there. */
  | { state: "foreign-address" };

/** What the gateway needs of accounts to know who asks. */
export interface IdentitySource {
  readonly issuer: string;
  readonly audience: string;
  jwks(): Promise<JSONWebKeySet>;
  /** `after` null: everything of the last 15 minutes. */
  revocations(after: string | null): Promise<Revocations>;
  /** Asked at the edge alone: behind it the access token counts. */
  exchangeApiKey(shown: ShownApiKey): Promise<ApiKeyExchange>;
}
