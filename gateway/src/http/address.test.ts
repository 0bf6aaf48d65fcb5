import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { addressFinder } from "./address.js";

/** As much of a request as an address is found from. */
const request = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { ...(forwarded && { "x-forwarded-for": forwarded }) } }) as IncomingMessage;

describe("the address of a client", () => {
  it("is that of the socket, whatever the request says, when no proxy is trusted", () => {
    expect(addressFinder([])(request("203.0.113.7", "10.0.0.1"))).toBe("203.0.113.7");
  });

  it("is what a trusted proxy says, up to the first that is not trusted", () => {
    const find = addressFinder(["10.0.0.0/8"]);
    expect(find(request("10.1.2.3", "198.51.100.1, 203.0.113.7"))).toBe("203.0.113.7");
    expect(find(request("203.0.113.9", "198.51.100.1"))).toBe("203.0.113.9");
  });
});
