import { RemoteService } from "@tollgate/gateway";
import { RemoteProcess } from "@tollgate/kit/net";
import { GATEWAY, type RequestCaller, type SubgraphResponse, type SubgraphService } from "@tollgate/kit/protocol";
import { SubgraphServer } from "@tollgate/kit/serve";
import {
  exampleSubgraph,
  requestCaller,
  TEST_SECRET,
  TestIdentity,
  TestSubgraph,
  testTree,
  until,
} from "@tollgate/kit/testing";
import { parse } from "graphql";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { contractParts } from "../testing/contract.js";

const logger = pino({ level: "silent" });
const tree = testTree();
let identity: TestIdentity;
let example: TestSubgraph;
let server: SubgraphServer;
let remote: RemoteProcess;
let service: RemoteService;
let caller: RequestCaller;

const listen = (port: number) =>
  SubgraphServer.listen({
    subgraph: example.subgraph,
    host: "127.0.0.1",
    port,
    masterSecret: TEST_SECRET,
    logger,
    identity,
    answers: {},
    recordsRefusals: false,
  });

beforeAll(async () => {
  identity = await TestIdentity.create();
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(contractParts()), tree.source);
  server = await listen(0);
  await until(async () => (await server.health()).ready);
  remote = new RemoteProcess("example", server.url, GATEWAY, TEST_SECRET);
  service = new RemoteService(remote, logger);
  const { accessToken, claims } = await identity.issue({ org: tree.customer, permissions: ["note:read", "a:write"] });
  caller = requestCaller(claims, {
    accessToken,
    requestId: "a-request",
    address: "203.0.113.7",
    userAgent: "Browser ✓".normalize(),
    refreshToken: "a refresh token",
    minimumTenancyVersion: "3",
    narrowedOrganisationId: tree.customer,
  });
});
afterAll(async () => {
  await service.close();
  await remote.close();
  await server.stop();
  await example.stop();
});

interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
  caller?: RequestCaller;
}

const requestOf = ({ query, variables, operationName, caller: other }: Operation) => ({
  document: parse(query),
  variables,
  operationName,
  caller: { ...(other ?? caller), deadline: Date.now() + 10_000 },
});

/** The answer as every transport must give it, to the byte. */
const inAllWays = async (operation: Operation): Promise<SubgraphResponse> => {
  const [direct, overHttp] = await Promise.all(
    [example.subgraph, service].map(async (way: SubgraphService) =>
      JSON.stringify(await way.execute(requestOf(operation))),
    ),
  );
  expect(overHttp).toBe(direct);
  return JSON.parse(direct ?? "");
};

const events = async (way: SubgraphService, query: string, variables = {}): Promise<string[]> => {
  const seen: string[] = [];
  for await (const event of way.subscribe(requestOf({ query, variables }))) seen.push(JSON.stringify(event));
  return seen;
};

const THING = "{ __typename id at big size ratio text words }";

describe("an operation, in process and over HTTP", () => {
  it("has the same values: instants, big integers, enums, floats, any text, nulls in lists", async () => {
    const { data } = await inAllWays({
      query: `{ thing(id: "1") ${THING} things ${THING} none: thing(id: "none") ${THING} }`,
    });
    expect(data).toMatchObject({ thing: { at: "2026-02-28T23:59:59.007Z", big: "18446744073709551617" }, none: null });
  });

  it("reads variables in the same way, also those that are wrong", async () => {
    const query =
      "query A($at: DateTime, $big: BigInt, $size: Size, $list: [Int!]) { echo(at: $at, big: $big, size: $size, list: $list) } query B { __typename }";
    const good = { at: "2026-01-01T00:00:00+02:00", big: "-9007199254740993", size: "SMALL", list: [1, 2] };
    const { data } = await inAllWays({ query, variables: good, operationName: "A" });
    expect(data).toEqual({
      echo: { at: "2025-12-31T22:00:00.000Z", big: "bigint", next: "-9007199254740992", size: "SMALL", list: [1, 2] },
    });
    await inAllWays({ query, variables: {}, operationName: "A" });
    await inAllWays({ query, variables: { at: null, big: null, size: null, list: null }, operationName: "A" });
    for (const bad of [{ at: "yesterday" }, { big: 7.5 }, { size: "HUGE" }, { list: ["x"] }]) {
      const { errors } = await inAllWays({ query, variables: bad, operationName: "A" });
      expect(errors?.[0]?.extensions?.code).toBe("INVALID_INPUT");
    }
  });

  it("finds entities, or not, in the order of their representations", async () => {
    const { data } = await inAllWays({
      query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Thing ${THING} } }`,
      variables: { r: ["1", "none", "2"].map((id) => ({ __typename: "Thing", id })) },
    });
    expect(data?.["_entities"]).toMatchObject([{ id: "1" }, null, { id: "2" }]);
  });

  it("fails with the same errors: code, details, path, place; what is unexpected is hidden", async () => {
    const kinds = ["notFound", "conflict", "invalid", "limited", "unavailable", "funds", "unexpected"];
    const fields = kinds.map((kind) => `${kind}: fail(how: "${kind}")`).join("\n");
    const { errors } = await inAllWays({ query: `{ ${fields} things { broken } thing(id: "1") { id broken } }` });
    expect(JSON.stringify(errors)).not.toContain("10.0.0.1");
    expect(errors?.length).toBeGreaterThan(kinds.length);
    await inAllWays({ query: '{ failWhole thing(id: "1") { id } }' });
  });

  it("is asked by the same caller, and tells the gateway the same beside the answer", async () => {
    const { data } = await inAllWays({ query: "{ caller }" });
    expect(data?.["caller"]).toMatchObject({
      address: "203.0.113.7",
      refreshToken: "a refresh token",
      minimumTenancyVersion: "3",
      narrowedOrganisationId: tree.customer,
      isDeadlineNear: true,
    });
    await inAllWays({ query: "{ caller }", caller: requestCaller(null, { requestId: "nobody" }) });
    // A stream that the gateway keeps open outlives the token that it began with.
    const old = await identity.issue({ org: tree.customer, exp: Math.floor(Date.now() / 1000) - 3_600 });
    await inAllWays({ query: "{ caller }", caller: requestCaller(old.claims, { accessToken: old.accessToken }) });
    const { extensions } = await inAllWays({ query: "mutation { session }" });
    expect(extensions).toMatchObject({ session: { refreshToken: "r" }, tenancyVersion: "12345678901234567890" });
    // Nobody else is told it.
    const answer = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${caller.accessToken}` },
      body: JSON.stringify({ query: "mutation { session }" }),
    });
    expect(await answer.json()).toEqual({ data: { session: 1 } });
  });

  it("ends when its time is over, with the database's statement and the same refusal", async () => {
    const ways = [example.subgraph, service].map(async (way: SubgraphService) => {
      const request = requestOf({ query: "{ slow }" });
      return JSON.stringify(await way.execute({ ...request, caller: { ...caller, deadline: Date.now() + 400 } }));
    });
    const [direct, overHttp] = await Promise.allSettled(ways);
    // Over HTTP the gateway may have left before the subgraph could say so: unavailable in both cases.
    expect(direct?.status === "fulfilled" ? direct.value : "").toContain("UNAVAILABLE");
    const said = overHttp?.status === "fulfilled" ? overHttp.value : String(overHttp?.reason?.code);
    expect(said).toContain("UNAVAILABLE");
  });

  it("is left at once when nobody waits any more", async () => {
    const leaving = new AbortController();
    const answer = service.execute({ ...requestOf({ query: "{ slow }" }), signal: leaving.signal });
    leaving.abort(new Error("the client has gone"));
    await expect(answer).rejects.toThrow("the client has gone");
    await inAllWays({ query: "{ __typename }" });
  });
});

describe("a subscription, in process and over WebSocket", () => {
  const TICKS = "subscription ($count: Int!) { ticks(count: $count) { cursor big sometimes } }";

  it("brings the same events, errors within them included, and ends as it does", async () => {
    const direct = await events(example.subgraph, TICKS, { count: 4 });
    expect(await events(service, TICKS, { count: 4 })).toEqual(direct);
    expect(direct).toHaveLength(4);
    expect(direct[2]).toContain("NOT_FOUND");
  });

  it("is refused with the same words", async () => {
    const refused = "subscription { refused { cursor } }";
    const direct = await events(example.subgraph, refused);
    expect(await events(service, refused)).toEqual(direct);
    expect(direct[0]).toContain("CONFLICT");
  });

  it("goes on behind the last event when the connection is lost, with nothing missing and nothing twice", async () => {
    const stream = service.subscribe(requestOf({ query: NOTES }));
    const add = (text: string) =>
      example.subgraph.database.system("test", async (tx) => {
        await tx.sql`select emit(gen_random_uuid(), 'note.added', ${tree.customer}, ${tree.customer}, ${JSON.stringify({ text })}::jsonb, null, ${`notes:${tree.customer}`}, now())`;
      });
    const next = async () => (await stream.next()).value?.data?.["noteAdded"] as { text: string };
    const first = next();
    // The subscription may begin after the first notes; those are not its own.
    let number = 0;
    const beat = setInterval(() => void add(`${number++}`).catch(() => undefined), 50);
    const began = Number((await first).text);
    const port = Number(new URL(server.url).port);
    await server.stop();
    await until(() => number > began + 10);
    server = await listen(port);
    const seen: number[] = [];
    while (seen.length < 20) seen.push(Number((await next()).text));
    clearInterval(beat);
    await stream.return?.();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => began + 1 + index));
  });

  const NOTES = "subscription { noteAdded { text } }";

  it("that cannot begin is refused, rather than waited for", async () => {
    const gone = new RemoteProcess("example", "http://127.0.0.1:1", GATEWAY, TEST_SECRET);
    const away = new RemoteService(gone, logger);
    await expect(away.subscribe(requestOf({ query: NOTES })).next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(away.execute(requestOf({ query: "{ __typename }" }))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await away.close();
    await gone.close();
  });
});
