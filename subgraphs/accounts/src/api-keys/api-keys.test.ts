import { randomUUID } from "node:crypto";
import { type AuditRecord, countStatements } from "@tollgate/kit";
import type { AccessClaims, DeliveredEvent, IdentitySource } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { accountsSubgraph, identityOf, seedUsers } from "../index.js";
import { SigningKeys } from "../keys/keys.js";
import { isAllowed, isRange } from "./addresses.js";
import { endOverlaps } from "./api-keys.js";
import { ApiKeyDesk } from "./exchange.js";
import { forgetSecrets } from "./issuing.js";
import { ApiKeySecrets } from "./secrets.js";

const tree = testTree();
const [naledi, pieter] = [randomUUID(), randomUUID()];
const MANAGER = ["apiKey:manage", "apiKey:read", "user:read", "vm:read", "wallet:read"];
const recorded: AuditRecord[] = [];
let graph: TestSubgraph;
let identity: IdentitySource;
let offset = 0;
let version = 0n;

const now = () => new Date(Date.now() + offset);
const system = <T>(work: Parameters<TestSubgraph["subgraph"]["database"]["system"]>[1]) =>
  graph.subgraph.database.system("test", work) as Promise<T>;

/** What organisations would tell about a person. */
const grant = (userId: string, organisationId: string, permissions: readonly string[]) => {
  version += 1n;
  const event: DeliveredEvent = {
    id: randomUUID(),
    type: "member.changed",
    aggregateId: userId,
    aggregateVersion: version,
    organisationId,
    occurredAt: new Date(),
    payload: { userId, organisationId, permissions },
    sealed: null,
  };
  return graph.subgraph.inbox.receive(event);
};

beforeAll(async () => {
  const sink = {
    name: "tests",
    accepts: (type: string) => type === "audit.recorded",
    receive: async (event: DeliveredEvent) => void recorded.push(event.payload as AuditRecord),
  };
  graph = await TestSubgraph.start(inject("postgresUrl"), accountsSubgraph({ clock: now }), tree.source, [sink]);
  identity = identityOf(graph.subgraph, TEST_SECRET, now);
  const password = "Correct-Horse-7";
  await seedUsers(graph.subgraph, [
    { id: naledi, organisationId: tree.reseller, email: "naledi@example.com", displayName: "Naledi", password },
    { id: pieter, organisationId: tree.customer, email: "pieter@example.com", displayName: "Pieter", password },
  ]);
});

afterAll(() => graph.stop());

beforeEach(async () => {
  offset = 0;
  await grant(naledi, tree.reseller, MANAGER);
  await grant(pieter, tree.customer, MANAGER);
  await system((tx) => tx.sql`update api_key set revoked_at = now() where revoked_at is null`);
});

const reseller = (rest: Partial<AccessClaims> = {}) =>
  requestCaller({ sub: naledi, org: tree.reseller, kind: "RESELLER", permissions: MANAGER, ...rest });
const customer = (rest: Partial<AccessClaims> = {}) =>
  requestCaller({ sub: pieter, org: tree.customer, permissions: MANAGER, ...rest });

const KEY = "id name prefix permissions allowedAddresses requestsPerMinute state expiresAt lastUsedAt lastUsedFrom";
const PROBLEM =
  "... on Problem { code message } ... on ForbiddenProblem { reason permission } ... on InvalidInputProblem { fields { path reason } }";
const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename
  ... on ApiKeySecret { secret apiKey { ${KEY} organisation { id } createdBy { displayName } } } ${PROBLEM} } }`;
const ROTATE = `mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) { __typename
  ... on ApiKeySecret { secret apiKey { ${KEY} } } ${PROBLEM} } }`;
const REVOKE = `mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { __typename ... on ApiKey { id state } ${PROBLEM} } }`;
const LIST = `query ($first: Int, $after: String) { apiKeys(first: $first, after: $after) { totalCount
  nodes { ${KEY} organisation { id } createdBy { displayName } } pageInfo { hasNextPage endCursor } } }`;

interface Key {
  id: string;
  prefix: string;
  state: string;
  lastUsedAt: string | null;
  lastUsedFrom: string | null;
}
type Answer = Record<string, unknown> & { __typename: string; secret: string; apiKey: Key; id: string };

const run = async (document: string, variables: Record<string, unknown>, caller = reseller()) => {
  const { data, errors } = await graph.execute(document, variables, caller);
  expect(errors).toBeUndefined();
  return Object.values(data ?? {})[0] as Answer;
};

const create = (input: Record<string, unknown> = {}, caller = reseller()) =>
  run(CREATE, { input: { name: "Reports", permissions: ["vm:read"], idempotencyKey: randomUUID(), ...input } }, caller);
const rotate = (apiKeyId: string, overlapMinutes = 60, caller = reseller()) =>
  run(ROTATE, { input: { apiKeyId, overlapMinutes, idempotencyKey: randomUUID() } }, caller);
const show = (secret: string, address = "192.0.2.7") =>
  identity.exchangeApiKey({ secret, address, userAgent: "tests", requestId: "r-1" });

const claimsOf = async (secret: string, address?: string): Promise<AccessClaims> => {
  const answer = await show(secret, address);
  if (answer.state !== "accepted") throw new Error(`the key is ${answer.state}`);
  const keys = createLocalJWKSet(await identity.jwks());
  const { payload } = await jwtVerify(answer.accessToken, keys, { issuer: "tollgate", currentDate: now() });
  return payload as unknown as AccessClaims; // as accounts signs them
};

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

describe("showing a key", () => {
  it("is refused alike for a wrong, a made-up, a revoked and an expired one", async () => {
    const { secret, apiKey } = await create();
    const expired = await create({ expiresAt: new Date(Date.now() + 1_000).toISOString() });
    const wrong = `${secret.slice(0, -2)}${secret.endsWith("AA") ? "BB" : "AA"}`;
    expect(await show(wrong)).toEqual({ state: "invalid" });
    expect(await show(new ApiKeySecrets("another").make().secret)).toEqual({ state: "invalid" });
    expect(await show("tgk_'; drop table api_key")).toEqual({ state: "invalid" });
    await run(REVOKE, { id: apiKey.id });
    expect(await show(secret)).toEqual({ state: "invalid" });
    offset = 2_000;
    expect(await show(expired.secret)).toEqual({ state: "invalid" });
    const reasons = () =>
      recorded.filter(({ action }) => action === "apiKey:use").map(({ after }) => (after as { why: string }).why);
    await until(() => ["UNKNOWN", "REVOKED", "EXPIRED"].every((why) => reasons().includes(why)));
  });

  it("works from the allowed addresses only, and the trail knows who tried from elsewhere, once", async () => {
    const { secret, apiKey } = await create({ allowedAddresses: ["192.0.2.0/24", "2001:db8::/32"] });
    expect((await show(secret, "192.0.2.200")).state).toBe("accepted");
    expect((await show(secret, "2001:db8:1::1")).state).toBe("accepted");
    for (let i = 0; i < 3; i += 1) expect(await show(secret, "203.0.113.9")).toEqual({ state: "foreign-address" });
    const refusals = () =>
      recorded.filter(({ resourceId, outcome }) => resourceId === apiKey.id && outcome === "REFUSED");
    await until(() => refusals().length > 0);
    expect(refusals()).toEqual([
      expect.objectContaining({
        actorKind: "API_KEY",
        actorId: apiKey.id,
        organisationId: tree.reseller,
        address: "203.0.113.9",
        after: { why: "FOREIGN_ADDRESS" },
        problem: "FORBIDDEN",
      }),
    ]);
  });

  it("gives no token beyond the end of the key", async () => {
    const end = new Date(Date.now() + 30_000);
    const { secret } = await create({ expiresAt: end.toISOString() });
    expect(await show(secret)).toMatchObject({ until: end.getTime() });
    expect((await claimsOf(secret)).exp).toBeLessThanOrEqual(Math.ceil(end.getTime() / 1000));
  });

  it("gives what the one who answers for it may still do, and nothing once that person may not enter", async () => {
    const { secret, apiKey } = await create({ permissions: ["vm:read", "wallet:read"] });
    const before = await claimsOf(secret);
    const { sequence } = await identity.revocations(null);
    await grant(naledi, tree.reseller, ["vm:read"]);
    const { permissionsVersions } = await identity.revocations(sequence);
    const news = permissionsVersions.find(({ userId }) => userId === apiKey.id);
    expect(news?.version).toBeGreaterThan(before.permissionsVersion);
    expect(await claimsOf(secret)).toMatchObject({ permissions: ["vm:read"], permissionsVersion: news?.version });
    await system((tx) => tx.sql`update "user" set status = 'DEACTIVATED' where id = ${naledi}`);
    expect(await show(secret)).toEqual({ state: "invalid" });
    await system((tx) => tx.sql`update "user" set status = 'ACTIVE' where id = ${naledi}`);
  });

  it("gives nothing for a closed organisation, or one that is not below its answerer any more", async () => {
    const { secret } = await create({ organisationId: tree.customer });
    const place = (change: { status: string; path: string }) =>
      system((tx) => tx.sql`update tenancy set ${tx.sql(change)} where organisation_id = ${tree.customer}`);
    const [known] = await system<[{ status: string; path: string }]>(
      (tx) => tx.sql`select status, path from tenancy where organisation_id = ${tree.customer}`,
    );
    await place({ ...known, status: "CLOSED" });
    expect(await show(secret)).toEqual({ state: "invalid" });
    await place({ ...known, path: `/${tree.operator}/${tree.customer}/` });
    expect(await show(secret)).toEqual({ state: "invalid" });
    await place(known);
    expect((await show(secret)).state).toBe("accepted");
  });

  it("costs one comparison, whether there is a key with the prefix or not", async () => {
    const secrets = new ApiKeySecrets(TEST_SECRET);
    const { database } = graph.subgraph;
    const desk = new ApiKeyDesk(database, secrets, new SigningKeys(database, TEST_SECRET), now);
    const known = await create();
    for (const shown of [known.secret, `${known.secret.slice(0, -4)}AAAA`, secrets.make().secret]) {
      const before = secrets.compared;
      await desk.exchange({ secret: shown, address: "192.0.2.7", userAgent: "tests", requestId: "r-1" });
      expect(secrets.compared - before).toBe(1);
    }
  });

  it("needs the whole secret and the key that it was hashed with", () => {
    const secrets = new ApiKeySecrets(TEST_SECRET);
    const { secret, hash } = secrets.make();
    expect(secrets.matches(secret, hash)).toBe(true);
    expect(secrets.matches(secret, null)).toBe(false);
    expect(new ApiKeySecrets("another").matches(secret, hash)).toBe(false);
  });
});

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
    offset = 60 * 60_000 + 1;
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
    await grant(naledi, tree.reseller, []);
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
