import { randomUUID } from "node:crypto";
import type { AccessClaims, ApiKeyExchange, IdentitySource, Revocations, ShownApiKey } from "@tollgate/kit/protocol";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";

interface Key {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

/** An accounts subgraph as far as the gateway needs it to know who asks. */
export class IdentityFixture implements IdentitySource {
  readonly issuer = "https://tollgate.test";
  readonly audience = "tollgate";
  jwksCalls = 0;
  /** API keys that were shown, as often as accounts was asked. */
  readonly shownKeys: ShownApiKey[] = [];
  /** What API keys are good for, by their secret; none is good for anything otherwise. */
  readonly apiKeys = new Map<string, (shown: ShownApiKey) => ApiKeyExchange | Promise<ApiKeyExchange>>();
  private readonly endedSessionIds: string[] = [];
  private readonly permissionsVersions: { userId: string; version: number }[] = [];
  private outage: Error | null = null;

  private constructor(private readonly keys: Key[]) {}

  static async create(): Promise<IdentityFixture> {
    return new IdentityFixture([await makeKey("first")]);
  }

  /** From now on tokens are signed with a key that nobody has seen. */
  async rotate(): Promise<void> {
    this.keys.unshift(await makeKey(`key-${this.keys.length + 1}`));
  }

  end(sessionId: string): void {
    this.endedSessionIds.push(sessionId);
  }

  changePermissions(userId: string, version: number): void {
    this.permissionsVersions.push({ userId, version });
  }

  /** Lets revocations fail, or answer again with null. */
  fail(outage: Error | null): void {
    this.outage = outage;
  }

  async jwks() {
    this.jwksCalls += 1;
    const keys = await Promise.all(
      this.keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" })),
    );
    return { keys };
  }

  async revocations(after: string | null): Promise<Revocations> {
    if (this.outage) throw this.outage;
    const [ended = 0, changed = 0] = (after ?? "0.0").split(".").map(Number);
    return {
      sequence: `${this.endedSessionIds.length}.${this.permissionsVersions.length}`,
      endedSessionIds: this.endedSessionIds.slice(ended),
      permissionsVersions: this.permissionsVersions.slice(changed),
    };
  }

  async exchangeApiKey(shown: ShownApiKey): Promise<ApiKeyExchange> {
    if (this.outage) throw this.outage;
    this.shownKeys.push(shown);
    return (await this.apiKeys.get(shown.secret)?.(shown)) ?? { state: "invalid" };
  }

  /** A token and its claims. */
  async issue(
    permissions: readonly string[],
    changes: { expiresIn?: number; audience?: string; issuer?: string } & Partial<AccessClaims> = {},
  ): Promise<{ token: string; claims: AccessClaims }> {
    const [key] = this.keys;
    if (!key) throw new Error("There is always a key");
    const { sub = randomUUID(), sid = randomUUID(), apiKey, permissionsVersion = 1 } = changes;
    const claims: AccessClaims = {
      sub,
      sid,
      org: changes.org ?? randomUUID(),
      kind: "CUSTOMER",
      permissions,
      permissionsVersion,
      exp: Math.floor(Date.now() / 1000) + (changes.expiresIn ?? 900),
      ...(apiKey && { apiKey }),
    };
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "RS256", kid: key.kid })
      .setIssuer(changes.issuer ?? this.issuer)
      .setAudience(changes.audience ?? this.audience)
      .sign(key.privateKey);
    return { token, claims };
  }
}

async function makeKey(kid: string): Promise<Key> {
  return { kid, ...(await generateKeyPair("RS256", { extractable: true })) };
}
