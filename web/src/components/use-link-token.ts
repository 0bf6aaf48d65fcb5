import { useEffect, useState } from "react";
import { hideLinkToken, readLinkToken } from "./link-token.js";

/** The token of the link in a mail that led to this page, which leaves the address at once; null when there was none. */
export function useLinkToken(): string | null {
  const [token] = useState(() => readLinkToken());
  useEffect(() => hideLinkToken(), []);
  return token;
}
