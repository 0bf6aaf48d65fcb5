import type { IncomingHttpHeaders } from "node:http";
import { accessCookie, refreshCookie } from "./cookies.js";

/** Whether the request carries our cookies: the browser adds them, whoever made the page that asked. */
export function hasSessionCookie(cookies: Readonly<Record<string, string | undefined>>): boolean {
  return cookies[accessCookie] !== undefined || cookies[refreshCookie] !== undefined;
}

/** Whether a page of our own sent the request; true when the client names no origin, as those outside browsers. */
export function isOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false; // such as `null`
  return origin === new URL(publicUrl).origin || new URL(origin).host === host;
}
