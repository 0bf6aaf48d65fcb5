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

/** What the gateway needs of accounts to know who asks. */
export interface IdentitySource {
  readonly issuer: string;
  readonly audience: string;
  jwks(): Promise<JSONWebKeySet>;
  /** `after` null: everything of the last 15 minutes. */
  revocations(after: string | null): Promise<Revocations>;
}
