import { beforeEach, describe, expect, it } from "vitest";
import { TestIdentity } from "../testing/identity.js";
import { TokenVerifier } from "./tokens.js";

describe("the keys of accounts", () => {
  let identity: TestIdentity;
  let now: number;
  let verifier: TokenVerifier;

  beforeEach(async () => {
    identity = await TestIdentity.create();
    now = Date.now();
    verifier = new TokenVerifier(identity, () => now);
    await verifier.load();
  });

  it("are asked for every five minutes while tokens come, without anybody waiting", async () => {
    const { accessToken: token } = await identity.issue({});
    now += 5 * 60_000 - 1;
    await verifier.verify(token);
    expect(identity.keysAsked).toBe(1);
    now += 1;
    await Promise.all([verifier.verify(token), verifier.verify(token)]);
    expect(identity.keysAsked).toBe(2);
  });

  it("go on counting while newer ones cannot be had", async () => {
    const { accessToken: token } = await identity.issue({});
    identity.away(true);
    now += 10 * 60_000;
    expect((await verifier.verify(token)).state).toBe("valid");
    expect((await verifier.verify(token)).state).toBe("valid");
    expect(identity.keysAsked).toBe(2);
  });
});
