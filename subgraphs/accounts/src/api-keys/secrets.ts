import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { API_KEY_START } from "@tollgate/kit/protocol";
import { sameHash } from "../sessions/tokens.js";

/** Characters of 6 bits each: enough to be found by, and of no use without the rest. */
const HANDLE_LENGTH = 10;
const PROOF_BYTES = 32;
const FORM = new RegExp(`^(${API_KEY_START}[\\w-]{${HANDLE_LENGTH}})_[\\w-]{43}$`);

/** Compared with where no key has the prefix, so that it takes as long. */
const NO_HASH = "0".repeat(64);

export interface NewSecret {
  /** The whole of it; shown once. */
  secret: string;
  prefix: string;
  hash: string;
}

/**
 * Secrets of API keys: 256 random bits behind a prefix. So much chance needs no slow hash; the keyed one makes what is
 * stored worthless without the master secret, too.
 */
export class ApiKeySecrets {
  /** How many secrets were compared; tests count them. */
  compared = 0;
  private readonly key: Buffer;

  constructor(masterSecret: string) {
    this.key = Buffer.from(hkdfSync("sha256", masterSecret, "tollgate", "api keys", 32));
  }

  make(): NewSecret {
    const handle = randomBytes(HANDLE_LENGTH).toString("base64url").slice(0, HANDLE_LENGTH);
    const prefix = `${API_KEY_START}${handle}`;
    const secret = `${prefix}_${randomBytes(PROOF_BYTES).toString("base64url")}`;
    return { secret, prefix, hash: this.hash(secret) };
  }

  /** Null for what has not the form of a secret. */
  prefixOf(secret: string): string | null {
    return FORM.exec(secret)?.[1] ?? null;
  }

  /** In constant time; null stands for the hash of a key that there is not. */
  matches(secret: string, hash: string | null): boolean {
    this.compared += 1;
    const isSame = sameHash(this.hash(secret), hash ?? NO_HASH);
    return isSame && hash !== null;
  }

  private hash(secret: string): string {
    return createHmac("sha256", this.key).update(secret).digest("hex");
  }
}
