import type { IncomingHttpHeaders } from "node:http";
import { accessCookie, refreshCookie } from "./cookies.js";

/** Whether the request carries our cookies: the browser adds them, whoever made the page that asked. */
export function hasSessionCookie(cookies: Readonly<Record<string, string | undefined>>): boolean {
  return cookies[accessCookie] !== undefined || cookies[refreshCookie] !== undefined;
}

/**
 * Whether a page of our own sent the request, or a person by the address bar; true when the client tells nothing of
 * where it comes from, as those outside browsers.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const { origin, host, "sec-fetch-site": site } = headers;
  // Images, scripts and links of other pages have no origin when they are fetched by GET.
  if (origin === undefined) return site === undefined || site === "same-origin" || site === "none";
  if (!URL.canParse(origin)) return false; // such as `null`
  return origin === new URL(publicUrl).origin || new URL(origin).host === host;
}
