import { describe, expect, it } from "vitest";
import { type AddressBar, hideLinkToken, readLinkToken } from "./link-token.js";

const barAt = (address: string, state: unknown = null) => {
  const { pathname, search, hash } = new URL(address, "https://cloud.example");
  const bar = {
    location: { pathname, search, hash },
    history: {
      state,
      replaceState(next: unknown, _unused: string, to: string) {
        bar.history.state = next;
        const moved = new URL(to, "https://cloud.example");
        bar.location = { pathname: moved.pathname, search: moved.search, hash: moved.hash };
      },
    },
  };
  return bar satisfies AddressBar;
};

describe("the token of a link", () => {
  it("leaves the address at once, and nothing else does", () => {
    const bar = barAt("/panel/reset-password?a=1&token=s3cret#top", { key: "of the router" });
    expect(readLinkToken(bar)).toBe("s3cret");
    hideLinkToken(bar);
    expect(bar.location).toEqual({ pathname: "/panel/reset-password", search: "?a=1", hash: "#top" });
    expect(bar.history.state).toMatchObject({ key: "of the router" });
  });

  it("is there again when the page is loaded anew", () => {
    const bar = barAt("/verify-email?token=s3cret");
    hideLinkToken(bar);
    hideLinkToken(bar);
    expect(readLinkToken(bar)).toBe("s3cret");
  });

  it("is none where there was none", () => {
    expect(readLinkToken(barAt("/verify-email"))).toBeNull();
    expect(readLinkToken(barAt("/verify-email?token="))).toBeNull();
    expect(readLinkToken(barAt("/verify-email", { tollgateLinkToken: 7 }))).toBeNull();
  });
});
