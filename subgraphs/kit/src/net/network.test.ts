import { describe, expect, it } from "vitest";
import { networkOf } from "./network.js";

describe("what a stranger is counted by", () => {
  it("is the address where it is IPv4, in whichever form", () => {
    expect(["203.0.113.9", "::ffff:203.0.113.9"].map(networkOf)).toEqual(["203.0.113.9", "203.0.113.9"]);
  });

  it("is the network of 64 bits where it is IPv6, however it is written", () => {
    const one = ["2001:db8:0:7::1", "2001:DB8:0:7:ffff:1:2:3", "2001:0db8::0007:1:2:3:4"].map(networkOf);
    expect(new Set(one)).toEqual(new Set(["2001:db8:0:7::/64"]));
    expect(networkOf("2001:db8:0:8::1")).toBe("2001:db8:0:8::/64");
    expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
    expect(networkOf("::1")).toBe("0:0:0:0::/64");
  });

  it("is left as it is where it is no address", () => {
    expect(["-", "", "a:b"].map(networkOf)).toEqual(["-", "", "a:b"]);
  });
});
