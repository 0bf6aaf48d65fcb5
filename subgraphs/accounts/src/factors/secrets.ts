import { createHmac, hkdfSync, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { Sealer } from "@tollgate/kit";

/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
/** Neither 0 and O nor 1, I and L: people copy them from paper. */
const LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LETTERS_OF_CODE = 10;

/** Keeps what proves a second factor: secrets of authenticator apps sealed, recovery codes as keyed hashes. */
export class FactorSecrets {
  private readonly sealer: Sealer;
  private readonly key: Buffer;

  constructor(masterSecret: string) {
    this.sealer = new Sealer(masterSecret, "authenticators at rest");
    this.key = Buffer.from(hkdfSync("sha256", masterSecret, "tollgate", "recovery codes", 32));
  }

  newAuthenticator(): Buffer {
    return randomBytes(SECRET_BYTES);
  }

  seal(secret: Uint8Array, userId: string): Uint8Array {
    return this.sealer.seal(Buffer.from(secret).toString("base64"), userId);
  }

  open(sealed: Uint8Array, userId: string): Buffer {
    return Buffer.from(this.sealer.open(sealed, userId), "base64");
  }

  /** Such as `7KQ2M-XH9PD`: 49 bits, which nobody finds in the few tries there are. */
  newRecoveryCode(): string {
    const letters = Array.from({ length: LETTERS_OF_CODE }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    return `${letters.slice(0, 5)}-${letters.slice(5)}`;
  }

  /** Of a code as people type it: case, spaces and hyphens do not matter. */
  hashOfRecoveryCode(userId: string, code: string): string {
    const typed = code.slice(0, 100).toUpperCase().replace(/[\s-]/g, "");
    return createHmac("sha256", this.key).update(`${userId} ${typed}`).digest("hex");
  }

  /** In constant time. */
  same(left: string, right: string): boolean {
    const [a, b] = [Buffer.from(left), Buffer.from(right)];
    return a.length === b.length && timingSafeEqual(a, b);
  }
}
