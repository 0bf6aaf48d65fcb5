import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two digests in hexadecimal are the same, found out in a time that tells nothing of where they differ. */
export const sameDigest = (given: string, right: string): boolean => {
  const [left, expected] = [Buffer.from(given.toLowerCase()), Buffer.from(right)];
  return left.length === expected.length && timingSafeEqual(left, expected);
};

/** An event's id at providers that give none: the same delivery has the same, whatever else is sent another. */
export const fingerprintOf = (rawBody: Uint8Array): string => createHash("sha256").update(rawBody).digest("hex");
