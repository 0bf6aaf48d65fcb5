import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 4648, which authenticator apps read secrets in. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Steps before and after the current one that are taken too: clocks of phones are not exact. */
const TOLERANCE = 1;

/** Base32 without padding. */
export const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((group) => ALPHABET[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
};

/** The step of 30 seconds that an instant lies in (RFC 6238, T0 = 0). */
export const stepAt = (at: Date): number => Math.floor(at.getTime() / 1_000 / STEP_SECONDS);

/** The code of one step: HOTP of RFC 4226 with HMAC-SHA-1, which is what every app knows. @param digits 6 in use, 8 in the RFC's examples */
export const codeAt = (secret: Uint8Array, step: number, digits = DIGITS): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return number.toString().padStart(digits, "0");
};

/**
 * The step that a code is of: the current one or one beside it, and newer than `lastStep`, so that no code is taken
 * twice; null for any other. All are compared, each in constant time.
 */
export const stepOfCode = (secret: Uint8Array, code: string, at: Date, lastStep: number): number | null => {
  const typed = Buffer.from(/^\d{6}$/.test(code) ? code : "------");
  const current = stepAt(at);
  const near = Array.from({ length: 2 * TOLERANCE + 1 }, (_, index) => current - TOLERANCE + index);
  const matching = near.filter((step) => timingSafeEqual(Buffer.from(codeAt(secret, step)), typed));
  return matching.find((step) => step > lastStep) ?? null;
};

/** What the QR code of a setup says, as authenticator apps read it. */
export const otpauthUrl = (account: string, secret: Uint8Array): string => {
  const facts = new URLSearchParams({
    secret: base32(secret),
    issuer: "Tollgate",
    algorithm: "SHA1",
    digits: `${DIGITS}`,
    period: `${STEP_SECONDS}`,
  });
  return `otpauth://totp/Tollgate:${encodeURIComponent(account)}?${facts}`;
};
