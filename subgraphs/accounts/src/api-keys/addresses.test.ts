import { describe, expect, it } from "vitest";
import { isAllowed, isRange } from "./addresses.js";

describe("address ranges", () => {
  it.each([
    { address: "10.1.2.3", ranges: [], allowed: true },
    { address: "10.1.2.3", ranges: ["10.0.0.0/8"], allowed: true },
    { address: "::ffff:10.1.2.3", ranges: ["10.0.0.0/8"], allowed: true },
    { address: "11.1.2.3", ranges: ["10.0.0.0/8", "11.1.2.4"], allowed: false },
    { address: "2001:db8::5", ranges: ["2001:db8::5"], allowed: true },
    { address: "2001:db8::6", ranges: ["2001:db8::5"], allowed: false },
    { address: "-", ranges: ["0.0.0.0/0"], allowed: false },
  ])("allow $address in $ranges: $allowed", ({ address, ranges, allowed }) => {
    expect(isAllowed(address, ranges)).toBe(allowed);
  });

  it.each(["10.0.0.0/33", "10.0.0/8", "::/129", "fe80::1%eth0", "10.0.0.1/8/8", "10.0.0.1/", "here"])(
    "are not %s",
    (text) => {
      expect(isRange(text)).toBe(false);
    },
  );
});
