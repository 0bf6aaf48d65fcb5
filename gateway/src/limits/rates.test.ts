import { describe, expect, it } from "vitest";
import { addressKey, Rates } from "./rates.js";

describe("rates", () => {
  it("let a burst happen, then as much as the rate gives, and say how long to wait", () => {
    let now = 0;
    const rates = new Rates({ perSecond: 0.5, burst: 3 }, () => now);
    const waits = () => Array.from({ length: 4 }, () => rates.waitFor("a"));
    expect(waits()).toEqual([0, 0, 0, 2]);
    now += 2_000;
    expect(rates.waitFor("a")).toBe(0);
    expect(rates.waitFor("a")).toBe(2);
    now += 3_600_000;
    expect(waits()).toEqual([0, 0, 0, 2]);
  });

  it("count each key for itself", () => {
    const rates = new Rates({ perSecond: 1, burst: 1 }, () => 0);
    expect([rates.waitFor("a"), rates.waitFor("b"), rates.waitFor("a")]).toEqual([0, 0, 1]);
  });

  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "::ffff:192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("take %s for %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
