import { type AccessClaims, TOKEN_AUDIENCE } from "@tollgate/kit/protocol";
import { TEST_SECRET, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { accountsSubgraph } from "../index.js";
import { signAccessToken } from "../sessions/tokens.js";
import { ROTATION_DAYS, SigningKeys } from "./keys.js";

const DAY = 86_400_000;
const MINUTE = 60_000;
const tree = testTree();
const start = Date.now();
const claims: Omit<AccessClaims, "exp"> = {
  sub: tree.operator,
  sid: tree.operator,
  org: tree.operator,
  kind: "INTERNAL",
  permissions: [],
  permissionsVersion: 1,
};

let accounts: TestSubgraph;

beforeAll(async () => {
  accounts = await TestSubgraph.start(inject("postgresUrl"), accountsSubgraph(), tree.source);
});

afterAll(() => accounts.stop());

/** Another process, which remembers nothing of what the others loaded. */
const process = () => new SigningKeys(accounts.subgraph.database, TEST_SECRET);
const rotate = (day: number) => process().rotate(new Date(start + day * DAY));
const tokenAt = async (moment: number) => (await signAccessToken(process(), claims, "jti", moment)).token;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

const holds = async (token: string, moment: number): Promise<boolean> => {
  const keys = createLocalJWKSet(await process().jwks());
  const outcome = jwtVerify(token, keys, { audience: TOKEN_AUDIENCE, currentDate: new Date(moment) });
  return await outcome.then(
    () => true,
    () => false,
  );
};

describe("the keys that sign access tokens", () => {
  it("are two after a rotation: the new one is public ten minutes before it signs, and nobody is signed out", async () => {
    const rotation = start + (ROTATION_DAYS + 1) * DAY;
    const [before] = (await process().jwks()).keys;
    await rotate(ROTATION_DAYS + 1);
    const keys = (await process().jwks()).keys;
    expect(keys).toHaveLength(2);
    const last = await tokenAt(rotation + 10 * MINUTE - 1_000);
    expect(kidOf(last)).toBe(before?.kid);
    const first = await tokenAt(rotation + 10 * MINUTE);
    expect(kidOf(first)).toBe(keys[0]?.kid);
    expect(await holds(last, rotation + 20 * MINUTE)).toBe(true);
    expect(await holds(first, rotation + 20 * MINUTE)).toBe(true);
  });

  it("rotate once, however many processes begin it at the same moment", async () => {
    await Promise.all(Array.from({ length: 4 }, () => rotate(2 * ROTATION_DAYS + 2)));
    expect((await process().jwks()).keys).toHaveLength(2);
  });

  it("verify one period longer than they sign, then are gone", async () => {
    const signing = await tokenAt(start + (3 * ROTATION_DAYS + 3) * DAY);
    await rotate(3 * ROTATION_DAYS + 3);
    expect(await holds(signing, start + (3 * ROTATION_DAYS + 3) * DAY)).toBe(true);
    await rotate(4 * ROTATION_DAYS + 4);
    expect(await holds(signing, start + (3 * ROTATION_DAYS + 3) * DAY)).toBe(false);
  });

  it("are encrypted at rest", async () => {
    const rows = await accounts.subgraph.database.system(
      "test",
      (tx) => tx.sql<{ row: string }[]>`select to_jsonb(k)::text as row from signing_key k`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toMatch(/PRIVATE KEY|"d":/);
  });
});
