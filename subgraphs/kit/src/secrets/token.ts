import { createHash, randomBytes } from "node:crypto";

/** 256 bits: nobody finds one by trying, so that a plain hash keeps it. */
const TOKEN_BYTES = 32;

/** A secret for a link in a mail: the token goes out, its hash is all that is kept. */
export interface NewToken {
  /** 43 characters of base64url. */
  token: string;
  /** SHA-256, hexadecimal. */
  hash: string;
}

export const newToken = (): NewToken => {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { token, hash: hashOfToken(token) };
};

/** What a token is looked up by. Never fails: what was never given out has a hash that nobody keeps. */
export const hashOfToken = (token: string): string => createHash("sha256").update(token).digest("hex");
