import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type AccessClaims, TOKEN_AUDIENCE, TOKEN_ISSUER } from "@tollgate/kit/protocol";
import { SignJWT } from "jose";
import type { SigningKeys } from "../keys/keys.js";

export const ACCESS_SECONDS = 15 * 60;

/** An access token with the time it runs out, epoch milliseconds. */
export interface AccessToken {
  token: string;
  expiresAt: number;
}

export const signAccessToken = async (
  keys: SigningKeys,
  claims: Omit<AccessClaims, "exp">,
  jti: string,
  now = Date.now(),
  lifeSeconds = ACCESS_SECONDS,
): Promise<AccessToken> => {
  const { kid, privateKey } = await keys.current(new Date(now));
  const { sub, sid, org, kind, permissions, permissionsVersion, apiKey } = claims;
  const seconds = Math.floor(now / 1000);
  const own = { sid, org, kind, permissions: [...permissions], permissionsVersion, ...(apiKey && { apiKey }) };
  const token = await new SignJWT(own)
    .setProtectedHeader({ alg: "RS256", kid, typ: "at+jwt" })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(sub)
    .setJti(jti)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + lifeSeconds)
    .sign(privateKey);
  return { token, expiresAt: (seconds + lifeSeconds) * 1000 };
};

/**
 * Refresh tokens: opaque to the client, rotated at every use, stored as a hash. The token of a generation follows from
 * a secret key, so that the second of two tabs that refresh at once can be given the same successor as the first.
 */
export class RefreshTokens {
  private readonly key: Buffer;

  constructor(masterSecret: string) {
    this.key = Buffer.from(hkdfSync("sha256", masterSecret, "tollgate", "refresh tokens", 32));
  }

  make(sessionId: string, generation: number): string {
    return `${sessionId}.${generation}.${this.proof(sessionId, generation)}`;
  }

  /** The session that a token is of; null for anything that we never gave out. */
  sessionIdOf(token: string): string | null {
    const match = /^([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{43})$/.exec(token);
    if (!match) return null;
    const [, sessionId = "", generation = "", proof = ""] = match;
    return sameHash(proof, this.proof(sessionId, Number(generation))) ? sessionId : null;
  }

  private proof(sessionId: string, generation: number): string {
    return createHmac("sha256", this.key).update(`${sessionId} ${generation}`).digest("base64url");
  }
}

export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

/** In constant time. */
export const sameHash = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
