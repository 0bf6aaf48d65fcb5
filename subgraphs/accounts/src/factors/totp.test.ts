import { describe, expect, it } from "vitest";
import { base32, codeAt, otpauthUrl, stepAt, stepOfCode } from "./totp.js";

const SECRET = Buffer.from("12345678901234567890");

describe("codes of an authenticator app", () => {
  it.each([
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ])("are those of RFC 6238, appendix B, at %d s", (seconds, code) => {
    expect(codeAt(SECRET, stepAt(new Date(seconds * 1_000)), 8)).toBe(code);
  });

  it.each([
    [0, "755224"],
    [1, "287082"],
    [5, "254676"],
    [9, "520489"],
  ])("are those of RFC 4226, appendix D, at count %d", (count, code) => {
    expect(codeAt(SECRET, count)).toBe(code);
  });

  it("are taken a step early and a step late, and no further", () => {
    const at = new Date(1_800_000_015_000);
    const step = stepAt(at);
    for (const near of [-1, 0, 1]) expect(stepOfCode(SECRET, codeAt(SECRET, step + near), at, 0)).toBe(step + near);
    for (const far of [-2, 2]) expect(stepOfCode(SECRET, codeAt(SECRET, step + far), at, 0)).toBeNull();
  });

  it("are never taken twice, nor one before one that was taken", () => {
    const at = new Date(1_800_000_015_000);
    const step = stepAt(at);
    expect(stepOfCode(SECRET, codeAt(SECRET, step), at, step)).toBeNull();
    expect(stepOfCode(SECRET, codeAt(SECRET, step - 1), at, step)).toBeNull();
    expect(stepOfCode(SECRET, codeAt(SECRET, step + 1), at, step)).toBe(step + 1);
  });

  it("are six digits: nothing else is looked at", () => {
    for (const typed of ["", "12345", "1234567", "١٢٣٤٥٦", "12 345"])
      expect(stepOfCode(SECRET, typed, new Date(), 0)).toBeNull();
  });
});

describe("what an app is told", () => {
  it("is the secret in base32, as RFC 4648 has it", () => {
    expect(base32(Buffer.from("foobar"))).toBe("MZXW6YTBOI");
    expect(base32(SECRET)).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  });

  it("is an address with the person and the issuer", () => {
    const url = new URL(otpauthUrl("a b@example.com", SECRET));
    expect(url.href).toContain("otpauth://totp/Tollgate:a%20b%40example.com?");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      secret: base32(SECRET),
      issuer: "Tollgate",
      algorithm: "SHA1",
      digits: "6",
      period: "30",
    });
  });
});
