import { availableParallelism } from "node:os";
import { RateLimitedFault, refuseInTransaction } from "@tollgate/kit";
import { hash, needsRehash, verify } from "argon2";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const QUEUE = 64;

/**
 * Argon2id behind a semaphore that leaves one core to everything else. Beyond a bounded queue callers are told to come
 * back rather than to wait.
 */
export class PasswordHasher {
  /** Hashes computed so far; tests compare it where an attacker would compare times. */
  performed = 0;
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy: Promise<string> | null = null;

  constructor(private readonly lanes = Math.max(1, availableParallelism() - 1)) {}

  hash(password: string): Promise<string> {
    return this.inLane(() => hash(password, PARAMETERS));
  }

  verify(passwordHash: string, password: string): Promise<boolean> {
    return this.inLane(() => verify(passwordHash, password));
  }

  /** As long as a real verification, for when there is nothing to verify against. Always false. */
  async verifyNobody(password: string): Promise<false> {
    this.decoy ??= hash("nobody has this password", PARAMETERS);
    const decoy = await this.decoy;
    await this.verify(decoy, password);
    return false;
  }

  isOutdated(passwordHash: string): boolean {
    return needsRehash(passwordHash, PARAMETERS);
  }

  private async inLane<T>(work: () => Promise<T>): Promise<T> {
    refuseInTransaction("hashing a password");
    if (this.running >= this.lanes) {
      if (this.waiting.length >= QUEUE)
        throw new RateLimitedFault(5, "Too many sign-ins at once; try again in a moment.");
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      this.performed += 1;
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
