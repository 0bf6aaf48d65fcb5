import { describe, expect, it } from "vitest";
import { type AddressBar, takeLinkToken } from "./link-token.js";

const bar = (search: string, state: unknown = null): AddressBar & { address: string } => {
  const made = {
    address: `/accept-invitation${search}`,
    location: { pathname: "/accept-invitation", search, hash: "" },
    history: {
      state,
      replaceState(next: unknown, _unused: string, address: string) {
        made.history.state = next;
        made.address = address;
      },
    },
  };
  return made;
};

describe("the token of a link", () => {
  it("is taken out of the address, and what else stands there is left", () => {
    const first = bar("?token=a_b-c%2B&next=1", { key: "x" });
    expect(takeLinkToken(first)).toBe("a_b-c+");
    expect(first.address).toBe("/accept-invitation?next=1");
    expect(first.history.state).toEqual({ key: "x", linkToken: "a_b-c+" });
  });

  it("is still known when the page is loaded again, and not on another one", () => {
    expect(takeLinkToken(bar("", { linkToken: "abc" }))).toBe("abc");
    expect(takeLinkToken(bar("", { key: "x" }))).toBeNull();
    expect(takeLinkToken(bar(""))).toBeNull();
  });
});
