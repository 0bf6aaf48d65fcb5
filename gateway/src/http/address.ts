import type { IncomingMessage } from "node:http";
import proxyAddress from "@fastify/proxy-addr";

/** Where a request came from, past the proxies that may be believed. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * Finds the client's address as fastify does for HTTP, for what does not pass through fastify.
 * @param trustedProxies addresses and CIDR ranges whose `X-Forwarded-For` is believed; of nobody when empty
 */
export const addressFinder = (trustedProxies: readonly string[]): AddressOf => {
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (request) => proxyAddress(request, isTrusted);
};
