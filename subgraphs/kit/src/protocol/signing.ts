import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** What a signature covers beside who calls whom and when. */
export interface SignedCall {
  method: string;
  /** With the query. */
  path: string;
  body: string | Uint8Array;
  /** Of the client that the call is made for, where it is passed through; else left out. */
  address?: string | undefined;
}

export const SIGNATURE_HEADERS = {
  from: "x-tollgate-from",
  at: "x-tollgate-at",
  signature: "x-tollgate-signature",
  address: "x-tollgate-address",
} as const;

/** How far the clocks of two processes may be apart, and how long a recorded call could be repeated. */
const WINDOW_MILLISECONDS = 30_000;

/** One key for each direction between two processes, so that no signature made for one counts at another. */
const keys = new Map<string, Buffer>();

const keyOf = (masterSecret: string, from: string, to: string): Buffer => {
  const name = `${masterSecret}\n${from}\n${to}`;
  const known = keys.get(name);
  if (known) return known;
  const key = Buffer.from(hkdfSync("sha256", masterSecret, "tollgate", `calls from ${from} to ${to}`, 32));
  keys.set(name, key);
  return key;
};

const macOf = (key: Buffer, at: string, { method, path, body, address = "" }: SignedCall): Buffer => {
  const digest = createHash("sha256").update(body).digest("base64url");
  return createHmac("sha256", key).update(`v1\n${method}\n${path}\n${at}\n${address}\n${digest}`).digest();
};

/** Headers that prove to `to` that `from` makes this call now. */
export const signCall = (
  masterSecret: string,
  from: string,
  to: string,
  call: SignedCall,
  now = Date.now(),
): Record<string, string> => {
  const at = String(now);
  return {
    [SIGNATURE_HEADERS.from]: from,
    [SIGNATURE_HEADERS.at]: at,
    [SIGNATURE_HEADERS.signature]: macOf(keyOf(masterSecret, from, to), at, call).toString("base64url"),
    ...(call.address === undefined ? {} : { [SIGNATURE_HEADERS.address]: call.address }),
  };
};

/**
 * Who makes a call, as its signature proves; null where it proves nothing: none, another body, path, address or
 * receiver, too old, or somebody who is not among `callers`.
 */
export const verifyCall = (
  masterSecret: string,
  self: string,
  callers: readonly string[],
  headers: Readonly<Record<string, unknown>>,
  call: Omit<SignedCall, "address">,
  now = Date.now(),
): string | null => {
  const [from, at, signature, address] = [
    headers[SIGNATURE_HEADERS.from],
    headers[SIGNATURE_HEADERS.at],
    headers[SIGNATURE_HEADERS.signature],
    headers[SIGNATURE_HEADERS.address],
  ];
  if (typeof from !== "string" || typeof at !== "string" || typeof signature !== "string") return null;
  if (!callers.includes(from) || !(Math.abs(now - Number(at)) <= WINDOW_MILLISECONDS)) return null;
  const told = typeof address === "string" ? address : undefined;
  const expected = macOf(keyOf(masterSecret, from, self), at, { ...call, address: told });
  const given = Buffer.from(signature, "base64url");
  return given.length === expected.length && timingSafeEqual(given, expected) ? from : null;
};
