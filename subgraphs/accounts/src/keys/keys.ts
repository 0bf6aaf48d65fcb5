import { createPrivateKey, generateKeyPair as generateKeyPairLater, type KeyObject, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { type Database, Sealer, type Tx } from "@tollgate/kit";
import { desc, inArray } from "drizzle-orm";
import { exportJWK, type JSONWebKeySet, type JWK } from "jose";
import { signingKey } from "../tables.js";

const generateKeyPair = promisify(generateKeyPairLater);
const ALGORITHM = "RS256";
/** A key signs this long; it verifies one period longer. */
export const ROTATION_DAYS = 30;
/** A new key is published this long before it signs, so that every process knows it by then. */
const PUBLISHED_BEFORE_MILLISECONDS = 10 * 60_000;
const RELOAD_MILLISECONDS = 60_000;

interface LoadedKey {
  kid: string;
  publicJwk: JWK;
  privateKey: KeyObject;
  createdAt: Date;
}

/** The keys that access tokens are signed with, newest first; private halves are encrypted at rest. */
export class SigningKeys {
  private readonly sealer: Sealer;
  private loaded: { keys: LoadedKey[]; at: number } | null = null;

  constructor(
    private readonly database: Database,
    masterSecret: string,
  ) {
    this.sealer = new Sealer(masterSecret, "signing keys");
  }

  /** The key that signs now: the newest that has been published long enough, or the only one. */
  async current(now = new Date()): Promise<LoadedKey> {
    const keys = await this.keys();
    const isKnown = (key: LoadedKey) => now.getTime() - key.createdAt.getTime() >= PUBLISHED_BEFORE_MILLISECONDS;
    const signer = keys.find(isKnown) ?? keys.at(-1);
    if (!signer) throw new Error("there is no signing key");
    return signer;
  }

  /** Public halves of all keys that a token may still be signed with. */
  async jwks(): Promise<JSONWebKeySet> {
    return { keys: (await this.keys()).map((key) => key.publicJwk) };
  }

  /** Makes the first key, or a new one when the newest has signed long enough; removes what verifies nothing any more. */
  async rotate(now = new Date()): Promise<void> {
    const isDue = ([newest]: { createdAt: Date }[]) =>
      !newest || now.getTime() - newest.createdAt.getTime() > ROTATION_DAYS * 86_400_000;
    if (!isDue(await this.database.system("rotate-signing-keys", storedKeys))) return;
    const pair = await generateKeyPair("rsa", { modulusLength: 2048 });
    const kid = randomUUID();
    const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg: ALGORITHM, use: "sig" };
    const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await this.database.system("rotate-signing-keys", async (tx) => {
      await tx.sql`select pg_advisory_xact_lock(hashtext('tollgate signing keys'))`;
      const stored = await storedKeys(tx);
      if (!isDue(stored)) return;
      await tx.db
        .insert(signingKey)
        .values({ kid, publicJwk, sealedPrivateKey: this.sealer.seal(pem, kid), createdAt: now });
      const outdated = stored.slice(1).map((key) => key.kid);
      if (outdated.length > 0) await tx.db.delete(signingKey).where(inArray(signingKey.kid, outdated));
    });
    this.loaded = null;
  }

  private async keys(): Promise<LoadedKey[]> {
    if (this.loaded && Date.now() - this.loaded.at < RELOAD_MILLISECONDS) return this.loaded.keys;
    const stored = await this.database.system("signing keys", storedKeys);
    const keys = stored.map((key) => ({
      kid: key.kid,
      publicJwk: key.publicJwk as JWK, // written above
      privateKey: createPrivateKey(this.sealer.open(key.sealedPrivateKey, key.kid)),
      createdAt: key.createdAt,
    }));
    this.loaded = { keys, at: Date.now() };
    return keys;
  }
}

const storedKeys = (tx: Tx) => tx.db.select().from(signingKey).orderBy(desc(signingKey.createdAt));
