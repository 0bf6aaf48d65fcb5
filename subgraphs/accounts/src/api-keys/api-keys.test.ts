import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { requestCaller, until } from "@tollgate/kit/testing";
import { describe, expect, it } from "vitest";
import {
  claimsOf,
  create,
  customer,
  graph,
  type Key,
  LIST,
  MANAGER,
  pieter,
  REVOKE,
  recorded,
  reseller,
  run,
  show,
  system,
  tree,
  withApiKeys,
} from "../testing/api-keys.js";
import { forgetSecrets } from "./issuing.js";

withApiKeys();

describe("a key", () => {
  it("shows its secret once, and is stored so that nobody can read it again", async () => {
    const { secret, apiKey } = await create({ allowedAddresses: ["192.0.2.0/24"], requestsPerMinute: 60 });
    expect(secret).toMatch(/^tgk_[\w-]{10}_[\w-]{43}$/);
    expect(apiKey).toMatchObject({ state: "ACTIVE", name: "Reports", permissions: ["vm:read"], requestsPerMinute: 60 });
    expect(secret.startsWith(`${apiKey.prefix}_`)).toBe(true);
    const stored = await system<unknown[]>(
      (tx) => tx.sql`
      select to_jsonb(k) from api_key k union all select to_jsonb(i) from idempotency i union all select to_jsonb(o) from outbox o`,
    );
    expect(JSON.stringify(stored, (_, value) => (typeof value === "bigint" ? `${value}` : value))).not.toContain(
      secret.slice(15),
    );
  });

  it("gives the access token of its organisation, with what it may do, for two minutes", async () => {
    const { secret, apiKey } = await create({ organisationId: tree.customer, permissions: ["wallet:read", "vm:read"] });
    const claims = await claimsOf(secret);
    expect(claims).toMatchObject({
      sub: apiKey.id,
      org: tree.customer,
      kind: "CUSTOMER",
      permissions: ["vm:read", "wallet:read"],
      apiKey: { requestsPerMinute: 600 },
    });
    expect(claims.exp - Math.floor(Date.now() / 1000)).toBeLessThanOrEqual(120);
    expect(claims.sid).not.toBe(apiKey.id);
  });

  it("tells when and from where it was used last", async () => {
    const { secret } = await create();
    await show(secret, "198.51.100.4");
    const { nodes } = (await run(LIST, {})) as unknown as { nodes: Key[] };
    expect(nodes[0]).toMatchObject({ lastUsedFrom: "198.51.100.4", lastUsedAt: expect.stringMatching(/^20/) });
  });

  it("is nobody: it makes no keys, signs nobody out, and the trail calls it by what it is", async () => {
    const asKey = reseller({ sub: randomUUID(), apiKey: { requestsPerMinute: 60 } });
    expect(await create({}, asKey)).toMatchObject({ __typename: "ForbiddenProblem", reason: "POLICY" });
    const { errors, data } = await graph.execute("mutation { signOut { __typename } }", {}, asKey);
    expect(data?.["signOut"]).toBeNull();
    expect(errors?.[0]?.extensions?.["code"]).toBe("FORBIDDEN");
    expect((await graph.execute("{ me { id } }", {}, asKey)).data).toEqual({ me: null });
    await until(() =>
      recorded.some(({ actorKind, actorId }) => actorKind === "API_KEY" && actorId === asKey.claims?.sub),
    );
  });
});

describe("making a key", () => {
  it("gives no permission that its maker lacks", async () => {
    expect(await create({ permissions: ["vm:read", "vm:delete"] })).toMatchObject({
      __typename: "ForbiddenProblem",
      reason: "MISSING_PERMISSION",
      permission: "vm:delete",
    });
  });

  it("stays within the estate", async () => {
    expect(await create({ organisationId: tree.otherCustomer })).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await create({ organisationId: tree.reseller }, customer())).toMatchObject({
      __typename: "NotFoundProblem",
    });
  });

  it("says all that is wrong with the input, by field", async () => {
    const answer = await create({
      name: " ",
      permissions: [],
      expiresAt: "1970-01-01T00:00:00.000Z",
      allowedAddresses: ["10.0.0.0/8", "everywhere"],
      requestsPerMinute: 0,
    });
    expect(answer).toMatchObject({
      __typename: "InvalidInputProblem",
      fields: [
        { path: ["name"], reason: "TOO_SHORT" },
        { path: ["permissions"], reason: "TOO_SHORT" },
        { path: ["expiresAt"], reason: "PAST" },
        { path: ["allowedAddresses", "1"], reason: "MALFORMED" },
        { path: ["requestsPerMinute"], reason: "OUT_OF_RANGE" },
      ],
    });
  });

  it("repeats its answer for the same idempotency key for an hour, to the same person", async () => {
    const input = { idempotencyKey: randomUUID() };
    const first = await create(input);
    expect(await create(input)).toEqual(first);
    expect(await create({ ...input, name: "Another" })).toMatchObject({ __typename: "ConflictProblem" });
    expect(await create(input, reseller({ sub: randomUUID() }))).toMatchObject({ __typename: "ConflictProblem" });
    await system((tx) => forgetSecrets(tx, new Date(Date.now() + 3_700_000)));
    expect(await create(input)).toMatchObject({ __typename: "ConflictProblem", code: "CONFLICT" });
  });

  it("ends at a hundred live keys of one organisation, also when many are made at once", async () => {
    await system(
      (tx) => tx.sql`
      insert into api_key (organisation_id, name, created_by, answered_by, permissions, allowed_addresses, requests_per_minute,
                           created_at, session_id, prefix, secret_hash)
      select ${tree.customer}, 'k' || i, ${pieter}, ${pieter}, '{vm:read}', '{}', 60, now(), uuidv7(), 'p' || i || random(), 'h'
        from generate_series(1, 98) i`,
    );
    const answers = await Promise.all(Array.from({ length: 4 }, () => create({}, customer())));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      "ApiKeySecret",
      "ApiKeySecret",
      "ConflictProblem",
      "ConflictProblem",
    ]);
  });
});

describe("the list of keys", () => {
  it("covers the estate and nothing beside it, newest first, in pages", async () => {
    const mine = await create();
    const theirs = await create({}, customer());
    const { nodes } = (await run(LIST, { first: 2 })) as unknown as { nodes: (Key & { secret?: string })[] };
    expect(nodes.map(({ id }) => id)).toEqual([theirs.apiKey.id, mine.apiKey.id]);
    expect(nodes[0]).toMatchObject({ organisation: { id: tree.customer }, createdBy: { displayName: "Pieter" } });
    const page = (await run(LIST, { first: 1 })) as unknown as {
      pageInfo: { endCursor: string; hasNextPage: boolean };
    };
    expect(page.pageInfo.hasNextPage).toBe(true);
    const next = (await run(LIST, { first: 1, after: page.pageInfo.endCursor })) as unknown as { nodes: Key[] };
    expect(next.nodes[0]?.id).toBe(mine.apiKey.id);
    const foreign = requestCaller({ org: tree.otherReseller, kind: "RESELLER", permissions: MANAGER });
    expect(await run(LIST, {}, foreign)).toMatchObject({ totalCount: 0, nodes: [] });
    expect(await run(REVOKE, { id: mine.apiKey.id }, foreign)).toMatchObject({ __typename: "NotFoundProblem" });
    expect(await run(REVOKE, { id: mine.apiKey.id }, customer())).toMatchObject({ __typename: "NotFoundProblem" });
  });

  it("takes as many statements for ten keys as for one", async () => {
    const statements = async (first: number) => (await countStatements(() => run(LIST, { first }))).length;
    await create();
    const one = await statements(1);
    for (let i = 0; i < 9; i += 1) await create();
    expect(await statements(10)).toBe(one);
  });
});
