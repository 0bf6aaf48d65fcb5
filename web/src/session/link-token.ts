import { useState } from "react";

const KEPT_AS = "linkToken";

/** What a page reads and writes of the browser; a test brings its own. */
export interface AddressBar {
  location: { pathname: string; search: string; hash: string };
  history: { state: unknown; replaceState(state: unknown, unused: string, address: string): void };
}

/**
 * The token of a mailed link. It is taken out of the address at once, so that it stands in no history, screenshot or
 * bookmark, and kept with this entry of the tab's history, so that loading the page anew does not lose it.
 */
export function takeLinkToken({ location, history }: AddressBar = window): string | null {
  const search = new URLSearchParams(location.search);
  const token = search.get("token");
  const state = typeof history.state === "object" && history.state !== null ? history.state : {};
  if (token === null) return KEPT_AS in state && typeof state[KEPT_AS] === "string" ? state[KEPT_AS] : null;
  search.delete("token");
  const rest = search.size > 0 ? `?${search}` : "";
  history.replaceState({ ...state, [KEPT_AS]: token }, "", `${location.pathname}${rest}${location.hash}`);
  return token;
}

/** The token of the link that led to this page; null when there was none. */
export function useLinkToken(): string | null {
  const [token] = useState(() => takeLinkToken());
  return token;
}
