import { createLocalJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import type { AccessClaims } from "../protocol/caller.js";
import type { IdentitySource } from "../protocol/identity.js";

/** What became of a token: its claims, or why there are none. */
export type TokenOutcome =
  | { state: "valid"; claims: AccessClaims }
  | { state: "expired" | "invalid" | "unverifiable"; reason: string };

const claimsShape = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  org: z.string().min(1),
  kind: z.enum(["INTERNAL", "RESELLER", "CUSTOMER"]),
  permissions: z.array(z.string()),
  permissionsVersion: z.number().int(),
  exp: z.number().int(),
  apiKey: z.object({ requestsPerMinute: z.number().int().positive() }).optional(),
});

/** Milliseconds between two looks for a key that is not known: strangers must not make accounts work. */
const refetchMilliseconds = 1_000;
/** Accounts publishes a key ten minutes before it signs with it: who looks this often knows it by then. */
const refreshMilliseconds = 5 * 60_000;

/** Verifies access tokens with the keys of accounts, which it keeps and asks for again when an unknown one is named. */
export class TokenVerifier {
  private keys: JWTVerifyGetKey | null = null;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<JWTVerifyGetKey> | null = null;

  constructor(
    private readonly source: IdentitySource,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether it has the keys of accounts. */
  get loaded(): boolean {
    return this.keys !== null;
  }

  /** Asks for the keys unless they are here. @throws where they cannot be read */
  async load(): Promise<void> {
    await this.currentKeys();
  }

  /**
   * Never throws: keys that cannot be had make the token unverifiable.
   * @param toleranceSeconds how long ago the token may have expired.
   */
  async verify(token: string, toleranceSeconds = 0): Promise<TokenOutcome> {
    try {
      return await this.verifyWith(token, await this.currentKeys(), toleranceSeconds);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) return outcomeOf(error);
    }
    try {
      return await this.verifyWith(token, await this.newerKeys(), toleranceSeconds);
    } catch (error) {
      return outcomeOf(error);
    }
  }

  private async verifyWith(token: string, keys: JWTVerifyGetKey, clockTolerance: number): Promise<TokenOutcome> {
    const { issuer, audience } = this.source;
    const options = { issuer, audience, algorithms: ["RS256"], currentDate: new Date(this.now()), clockTolerance };
    const { payload } = await jwtVerify(token, keys, options);
    const claims = claimsShape.safeParse(payload);
    return claims.success
      ? { state: "valid", claims: claims.data }
      : { state: "invalid", reason: "claims are missing" };
  }

  private async currentKeys(): Promise<JWTVerifyGetKey> {
    if (!this.keys) return await this.fetchKeys();
    this.refreshInTime();
    return this.keys;
  }

  /** Nobody waits for it, and keys that cannot be had now are asked for again in as long. */
  private refreshInTime(): void {
    if (this.now() - this.triedAt < refreshMilliseconds) return;
    this.fetchKeys().catch(() => undefined); // the keys at hand go on
  }

  private async newerKeys(): Promise<JWTVerifyGetKey> {
    const recent = this.now() - this.fetchedAt < refetchMilliseconds;
    return this.keys && recent ? this.keys : await this.fetchKeys();
  }

  private async fetchKeys(): Promise<JWTVerifyGetKey> {
    this.fetching ??= this.askForKeys();
    try {
      return await this.fetching;
    } finally {
      this.fetching = null;
    }
  }

  private async askForKeys(): Promise<JWTVerifyGetKey> {
    this.triedAt = this.now();
    try {
      this.keys = createLocalJWKSet(await this.source.jwks());
    } catch (error) {
      throw new KeysUnavailable("The keys of accounts cannot be read", { cause: error });
    }
    this.fetchedAt = this.now();
    return this.keys;
  }
}

class KeysUnavailable extends Error {}

function outcomeOf(error: unknown): TokenOutcome {
  if (error instanceof errors.JWTExpired) return { state: "expired", reason: "the token has expired" };
  const reason = error instanceof Error ? error.message : String(error);
  return { state: error instanceof KeysUnavailable ? "unverifiable" : "invalid", reason };
}
