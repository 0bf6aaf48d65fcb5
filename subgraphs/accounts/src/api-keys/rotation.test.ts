import { describe, expect, it } from "vitest";
import {
  claimsOf,
  create,
  customer,
  grant,
  identity,
  naledi,
  now,
  REVOKE,
  rotate,
  run,
  show,
  system,
  tree,
  wait,
  withApiKeys,
} from "../testing/api-keys.js";
import { endOverlaps } from "./api-keys.js";

withApiKeys();

describe("rotating a key", () => {
  it("lets the old secret work on for the overlap, then ends it and what was begun with it", async () => {
    const { secret, apiKey } = await create();
    const old = await claimsOf(secret);
    const rotated = await rotate(apiKey.id, 60);
    expect(rotated.apiKey).toMatchObject({ id: apiKey.id, state: "ROTATING" });
    const fresh = await claimsOf(rotated.secret);
    expect(fresh.sub).toBe(apiKey.id);
    expect((await claimsOf(secret)).sid).toBe(old.sid);
    expect(fresh.sid).not.toBe(old.sid);
    const { sequence } = await identity.revocations(null);
    wait(60 * 60_000 + 1);
    expect(await show(secret)).toEqual({ state: "invalid" });
    expect((await show(rotated.secret)).state).toBe("accepted");
    await system((tx) => endOverlaps(tx, now()));
    expect((await identity.revocations(sequence)).endedSessionIds).toEqual([old.sid]);
  });

  it("without overlap ends the old secret and its tokens at once", async () => {
    const { secret, apiKey } = await create();
    const old = await claimsOf(secret);
    const { sequence } = await identity.revocations(null);
    const rotated = await rotate(apiKey.id, 0);
    expect(rotated.apiKey.state).toBe("ACTIVE");
    expect(await show(secret)).toEqual({ state: "invalid" });
    expect((await identity.revocations(sequence)).endedSessionIds).toEqual([old.sid]);
  });

  it("is for those who may do all that the key may: they are shown its secret", async () => {
    const { apiKey } = await create({ organisationId: tree.customer, permissions: ["vm:read", "wallet:read"] });
    const lesser = customer({ permissions: ["apiKey:manage", "apiKey:read", "vm:read"] });
    expect(await rotate(apiKey.id, 60, lesser)).toMatchObject({
      __typename: "ForbiddenProblem",
      permission: "wallet:read",
    });
    const { secret } = await rotate(apiKey.id, 60, customer());
    // From now on Pieter answers for it, whatever becomes of Naledi.
    await grant(naledi, tree.reseller, ["user:read"]);
    expect((await claimsOf(secret)).permissions).toEqual(["vm:read", "wallet:read"]);
  });

  it("is refused for a revoked key", async () => {
    const { apiKey } = await create();
    await run(REVOKE, { id: apiKey.id });
    expect(await rotate(apiKey.id)).toMatchObject({ __typename: "ConflictProblem" });
  });
});

describe("revoking a key", () => {
  it("ends both of its secrets for every process, once", async () => {
    const { secret, apiKey } = await create();
    const rotated = await rotate(apiKey.id);
    const sids = [(await claimsOf(rotated.secret)).sid, (await claimsOf(secret)).sid];
    const { sequence } = await identity.revocations(null);
    expect(await run(REVOKE, { id: apiKey.id })).toMatchObject({ __typename: "ApiKey", state: "REVOKED" });
    expect(await run(REVOKE, { id: apiKey.id })).toMatchObject({ state: "REVOKED" });
    expect((await identity.revocations(sequence)).endedSessionIds).toEqual(sids);
    for (const shown of [secret, rotated.secret]) expect(await show(shown)).toEqual({ state: "invalid" });
  });
});
