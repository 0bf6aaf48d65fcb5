import { randomUUID } from "node:crypto";
import type { AuditRecord } from "@tollgate/kit";
import type { AccessClaims, DeliveredEvent, IdentitySource } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, expect, inject } from "vitest";
import { accountsSubgraph, identityOf, seedUsers } from "../index.js";

/** A running subgraph with two people who may manage API keys, one of them above the other; for one test file. */
export const tree = testTree();
export const [naledi, pieter] = [randomUUID(), randomUUID()];
export const MANAGER = ["apiKey:manage", "apiKey:read", "user:read", "vm:read", "wallet:read"];
export const recorded: AuditRecord[] = [];
export let graph: TestSubgraph;
export let identity: IdentitySource;
let offset = 0;
let version = 0n;

export const now = () => new Date(Date.now() + offset);
export const system = <T>(work: Parameters<TestSubgraph["subgraph"]["database"]["system"]>[1]) =>
  graph.subgraph.database.system("test", work) as Promise<T>;

/** What organisations would tell about a person. */
export const grant = (userId: string, organisationId: string, permissions: readonly string[]) => {
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

/** Moves the clock of accounts on; back to now before the next test. */
export const wait = (milliseconds: number): void => {
  offset = milliseconds;
};

/** Starts it before the tests of the file, and stops it after them. */
export const withApiKeys = (): void => {
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
};

export const reseller = (rest: Partial<AccessClaims> = {}) =>
  requestCaller({ sub: naledi, org: tree.reseller, kind: "RESELLER", permissions: MANAGER, ...rest });
export const customer = (rest: Partial<AccessClaims> = {}) =>
  requestCaller({ sub: pieter, org: tree.customer, permissions: MANAGER, ...rest });

const KEY = "id name prefix permissions allowedAddresses requestsPerMinute state expiresAt lastUsedAt lastUsedFrom";
const PROBLEM =
  "... on Problem { code message } ... on ForbiddenProblem { reason permission } ... on InvalidInputProblem { fields { path reason } }";
const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename
  ... on ApiKeySecret { secret apiKey { ${KEY} organisation { id } createdBy { displayName } } } ${PROBLEM} } }`;
export const ROTATE = `mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) { __typename
  ... on ApiKeySecret { secret apiKey { ${KEY} } } ${PROBLEM} } }`;
export const REVOKE = `mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { __typename ... on ApiKey { id state } ${PROBLEM} } }`;
export const LIST = `query ($first: Int, $after: String) { apiKeys(first: $first, after: $after) { totalCount
  nodes { ${KEY} organisation { id } createdBy { displayName } } pageInfo { hasNextPage endCursor } } }`;

export interface Key {
  id: string;
  prefix: string;
  state: string;
  lastUsedAt: string | null;
  lastUsedFrom: string | null;
}
type Answer = Record<string, unknown> & { __typename: string; secret: string; apiKey: Key; id: string };

export const run = async (document: string, variables: Record<string, unknown>, caller = reseller()) => {
  const { data, errors } = await graph.execute(document, variables, caller);
  expect(errors).toBeUndefined();
  return Object.values(data ?? {})[0] as Answer;
};

export const create = (input: Record<string, unknown> = {}, caller = reseller()): Promise<Answer> =>
  run(CREATE, { input: { name: "Reports", permissions: ["vm:read"], idempotencyKey: randomUUID(), ...input } }, caller);
export const rotate = (apiKeyId: string, overlapMinutes = 60, caller = reseller()): Promise<Answer> =>
  run(ROTATE, { input: { apiKeyId, overlapMinutes, idempotencyKey: randomUUID() } }, caller);
export const show = (secret: string, address = "192.0.2.7") =>
  identity.exchangeApiKey({ secret, address, userAgent: "tests", requestId: "r-1" });

export const claimsOf = async (secret: string, address?: string): Promise<AccessClaims> => {
  const answer = await show(secret, address);
  if (answer.state !== "accepted") throw new Error(`the key is ${answer.state}`);
  const keys = createLocalJWKSet(await identity.jwks());
  const { payload } = await jwtVerify(answer.accessToken, keys, { issuer: "tollgate", currentDate: now() });
  return payload as unknown as AccessClaims; // as accounts signs them
};
