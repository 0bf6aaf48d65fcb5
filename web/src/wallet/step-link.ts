import { onOwnOrigin } from "../api/server.js";

/** Where the demo's simulated providers have their pages: on this server itself. */
const SIMULATED = "/demo/payments";

/** Where one goes to pay: at the provider, or on this page's own origin where the demo stands in for it. */
export function stepLink(url: string): string {
  return new URL(url).pathname.startsWith(SIMULATED) ? onOwnOrigin(url) : url;
}
