import { fastifyCookie } from "@fastify/cookie";
import type { SessionTokens } from "@tollgate/kit/protocol";
import type { FastifyReply } from "fastify";

export const accessCookie = "tollgate_access";
export const refreshCookie = "tollgate_refresh";
/** Of a browser that need not be asked for a second factor; signing out leaves it. */
export const deviceCookie = "tollgate_device";

const accessPath = "/";
/** Tokens that do not expire in minutes go nowhere but to the graph. */
const refreshPath = "/graphql";

/** Puts the tokens of a session into cookies that scripts cannot read; null takes them away. */
export function setSessionCookies(reply: FastifyReply, tokens: SessionTokens | null, secure: boolean): void {
  const common = { httpOnly: true, sameSite: "strict", secure } as const;
  if (!tokens) {
    reply.clearCookie(accessCookie, { ...common, path: accessPath });
    reply.clearCookie(refreshCookie, { ...common, path: refreshPath });
    return;
  }
  const accessExpires = new Date(tokens.accessTokenExpiresAt);
  const refreshExpires = new Date(tokens.refreshTokenExpiresAt);
  reply.setCookie(accessCookie, tokens.accessToken, { ...common, path: accessPath, expires: accessExpires });
  reply.setCookie(refreshCookie, tokens.refreshToken, { ...common, path: refreshPath, expires: refreshExpires });
  if (!tokens.device) return;
  const deviceExpires = new Date(tokens.device.expiresAt);
  reply.setCookie(deviceCookie, tokens.device.token, { ...common, path: refreshPath, expires: deviceExpires });
}

/** The cookies of a `Cookie` header. */
export function readCookies(header: string | undefined): Record<string, string | undefined> {
  return fastifyCookie.parse(header ?? "");
}
