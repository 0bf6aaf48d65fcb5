import { describe, expect, it } from "vitest";
import { otherWays, recoveryCode, whereIsTheCode } from "./code-words.js";

describe("words of the second step", () => {
  it("say where the code is", () => {
    expect(whereIsTheCode({ channel: "EMAIL", destination: "t•••@example.com" })).toBe(
      "We sent a 6-digit code by e-mail to t•••@example.com.",
    );
    expect(whereIsTheCode({ channel: "WHATSAPP", destination: "+27•••67" })).toContain("by WhatsApp to +27•••67");
    expect(whereIsTheCode({ channel: "AUTHENTICATOR", destination: null })).toContain("authenticator app");
  });

  it("offer the other ways only", () => {
    expect(otherWays({ channel: "EMAIL", availableChannels: ["EMAIL", "WHATSAPP"] })).toEqual([
      { channel: "WHATSAPP", words: "Send it by WhatsApp instead" },
    ]);
    expect(otherWays({ channel: "AUTHENTICATOR", availableChannels: ["AUTHENTICATOR"] })).toEqual([]);
  });

  it("set a recovery code as it is printed, however it was typed", () => {
    expect(recoveryCode("7kq2m xh9pd")).toBe("7KQ2M-XH9PD");
    expect(recoveryCode("7KQ2M-XH9PD")).toBe("7KQ2M-XH9PD");
    expect(recoveryCode("7kq2")).toBe("7KQ2");
    expect(recoveryCode("")).toBe("");
  });
});
