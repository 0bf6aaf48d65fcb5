import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from "jose";
import type { AccessClaims } from "../protocol/caller.js";
import {
  type ApiKeyExchange,
  type IdentitySource,
  type Revocations,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
} from "../protocol/identity.js";

interface Key {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

/** What accounts knows of tokens, for tests of those who ask it. */
export class TestIdentity implements IdentitySource {
  readonly issuer = TOKEN_ISSUER;
  readonly audience = TOKEN_AUDIENCE;
  /** How often the keys were asked for. */
  keysAsked = 0;
  private readonly ended: string[] = [];
  private isAway = false;

  private constructor(private readonly keys: Key[]) {}

  static async create(): Promise<TestIdentity> {
    return new TestIdentity([await makeKey()]);
  }

  /** From now on tokens are signed with a key that nobody has seen. */
  async rotate(): Promise<void> {
    this.keys.unshift(await makeKey());
  }

  end(sessionId: string): void {
    this.ended.push(sessionId);
  }

  /** Whether it answers nothing. */
  away(isAway: boolean): void {
    this.isAway = isAway;
  }

  async jwks(): Promise<JSONWebKeySet> {
    this.keysAsked += 1;
    if (this.isAway) throw new Error("accounts is away");
    const jwk = async ({ kid, publicKey }: Key) => ({ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" });
    return { keys: await Promise.all(this.keys.map(jwk)) };
  }

  async revocations(after: string | null): Promise<Revocations> {
    if (this.isAway) throw new Error("accounts is away");
    const endedSessionIds = this.ended.slice(Number(after ?? 0));
    return { sequence: String(this.ended.length), endedSessionIds, permissionsVersions: [] };
  }

  /** Knows no API keys. */
  async exchangeApiKey(): Promise<ApiKeyExchange> {
    if (this.isAway) throw new Error("accounts is away");
    return { state: "invalid" };
  }

  /** A token and its claims. */
  async issue(claims: Partial<AccessClaims>): Promise<{ accessToken: string; claims: AccessClaims }> {
    const [key] = this.keys;
    if (!key) throw new Error("there is always a key");
    const all: AccessClaims = {
      sub: randomUUID(),
      sid: randomUUID(),
      org: randomUUID(),
      kind: "CUSTOMER",
      permissions: [],
      permissionsVersion: 1,
      exp: Math.floor(Date.now() / 1000) + 900,
      ...claims,
    };
    const accessToken = await new SignJWT({ ...all })
      .setProtectedHeader({ alg: "RS256", kid: key.kid })
      .setIssuer(this.issuer)
      .setAudience(this.audience)
      .sign(key.privateKey);
    return { accessToken, claims: all };
  }
}

const makeKey = async (): Promise<Key> => ({
  kid: randomUUID(),
  ...(await generateKeyPair("RS256", { extractable: true })),
});
