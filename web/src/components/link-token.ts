/** What a page reads and writes of the browser; a test brings its own. */
export interface AddressBar {
  location: { pathname: string; search: string; hash: string };
  history: { state: unknown; replaceState(state: unknown, unused: string, address: string): void };
}

const KEPT_AS = "tollgateLinkToken";

/** The token of the link that led to this page, or with which it was loaded before; null when there was none. */
export function readLinkToken({ location, history }: AddressBar = window): string | null {
  const token = new URLSearchParams(location.search).get("token");
  if (token !== null) return token || null;
  const state = stateOf(history);
  return KEPT_AS in state && typeof state[KEPT_AS] === "string" ? state[KEPT_AS] : null;
}

/**
 * Takes the token out of the address, so that it stands in no history list, bookmark or screenshot, and keeps it with
 * this entry of the tab's history: loading the page anew does not lose it.
 */
export function hideLinkToken({ location, history }: AddressBar = window): void {
  const search = new URLSearchParams(location.search);
  const token = search.get("token");
  if (token === null) return;
  search.delete("token");
  const rest = search.size > 0 ? `?${search}` : "";
  const address = `${location.pathname}${rest}${location.hash}`;
  history.replaceState({ ...stateOf(history), [KEPT_AS]: token }, "", address);
}

function stateOf({ state }: AddressBar["history"]): object {
  return typeof state === "object" && state !== null ? state : {};
}
