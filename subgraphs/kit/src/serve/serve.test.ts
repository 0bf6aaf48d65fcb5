import { randomUUID } from "node:crypto";
import { createClient } from "graphql-ws";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import { RemoteProcess } from "../net/remote-process.js";
import { RemoteSink } from "../net/remote-sink.js";
import { encode } from "../protocol/codec.js";
import { enclose } from "../protocol/envelope.js";
import { type DeliveredEvent, SinkUnavailable } from "../protocol/event.js";
import { CONNECT_CALL } from "../protocol/processes.js";
import { signCall } from "../protocol/signing.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { requestCaller, TEST_SECRET, TestSubgraph, testTree, until } from "../testing/fixtures.js";
import { TestIdentity } from "../testing/identity.js";
import { SubgraphServer } from "./server.js";

const tree = testTree();
const applied: string[] = [];
let example: TestSubgraph;
let identity: TestIdentity;
let server: SubgraphServer;

const definition = exampleSubgraph({
  handlers: {
    "test.arrived": async (_tx, event) => {
      if (event.payload === "bad") throw new Error("it cannot be applied");
      applied.push(event.id);
    },
  },
});

beforeAll(async () => {
  identity = await TestIdentity.create();
  example = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
  server = await SubgraphServer.listen({
    subgraph: example.subgraph,
    host: "127.0.0.1",
    port: 0,
    masterSecret: TEST_SECRET,
    logger: pino({ level: "silent" }),
    identity,
    answers: { "/internal/echo": async (question) => question },
    recordsRefusals: false,
  });
  await until(async () => (await server.health()).ready);
});
afterAll(async () => {
  await server.stop();
  await example.stop();
});

const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${server.url}${path}`, { method: "POST", body, headers });
  return { status: answer.status, text: await answer.text() };
};

const ask = async (query: string, headers: Record<string, string> = {}, extensions: object = {}) => {
  const { text } = await post("/graphql", JSON.stringify({ query, extensions }), headers);
  return JSON.parse(text);
};

const bearer = async (permissions: string[]) => {
  const { accessToken, claims } = await identity.issue({ org: tree.customer, permissions });
  return { headers: { authorization: `Bearer ${accessToken}` }, claims, accessToken };
};

/** What the gateway would send. */
const asGateway = (path: string, body: string, from = "gateway", at = Date.now()) =>
  signCall(TEST_SECRET, from, "example", { method: "POST", path, body }, at);

describe("a subgraph that is reached directly", () => {
  it("answers whoever shows a token of accounts, within their estate and their permissions", async () => {
    const { headers } = await bearer(["note:read", "note:write"]);
    const added = await ask('mutation { addNote(text: "direct") { ... on Note { text } } }', headers);
    expect(added).toEqual({ data: { addNote: { text: "direct" } } });
    const reader = await bearer(["note:read"]);
    expect(await ask("{ notes { text } }", reader.headers)).toEqual({ data: { notes: [{ text: "direct" }] } });
    const nobody = await bearer([]);
    expect((await ask("{ notes { text } }", nobody.headers)).errors[0].extensions.code).toBe("FORBIDDEN");
    const foreign = { ...reader.headers, "x-organisation-id": tree.sibling };
    expect((await ask("{ notes { text } }", foreign)).errors[0].extensions.code).toBe("FORBIDDEN");
  });

  it("refuses no token, a bad one, an expired one and one of an ended session", async () => {
    const codeOf = async (headers: Record<string, string>) =>
      (await ask("{ notes { text } }", headers)).errors[0].extensions.code;
    expect(await codeOf({})).toBe("UNAUTHENTICATED");
    const { headers, claims, accessToken } = await bearer(["note:read"]);
    expect(await codeOf({ authorization: `${headers.authorization.slice(0, -8)}AAAAAAAA` })).toBe("UNAUTHENTICATED");
    const old = await identity.issue({ org: tree.customer, permissions: ["note:read"], exp: 1_700_000_000 });
    expect(await codeOf({ authorization: `Bearer ${old.accessToken}` })).toBe("UNAUTHENTICATED");
    const stranger = await TestIdentity.create();
    const forged = await stranger.issue(claims);
    expect(await codeOf({ authorization: `Bearer ${forged.accessToken}` })).toBe("UNAUTHENTICATED");
    identity.end(claims.sid);
    await until(async () => (await ask("{ notes { text } }", { authorization: `Bearer ${accessToken}` })).errors);
  });

  it("takes tokens of a new key, and does not let strangers make accounts work", async () => {
    await identity.rotate();
    const { headers } = await bearer(["note:read"]);
    await until(async () => (await ask("{ notes { text } }", headers)).data?.notes);
    const before = identity.keysAsked;
    const stranger = await TestIdentity.create();
    const { accessToken } = await stranger.issue({});
    await Promise.all(
      Array.from({ length: 30 }, () => ask("{ notes { text } }", { authorization: `Bearer ${accessToken}` })),
    );
    expect(identity.keysAsked - before).toBeLessThan(3);
  });

  it("shows strangers neither the schema nor the ways that only the gateway may take", async () => {
    const { headers } = await bearer(["note:read"]);
    for (const query of [
      "{ __schema { types { name } } }",
      '{ __type(name: "Note") { name } }',
      "{ _service { sdl } }",
      `{ _entities(representations: [{ __typename: "Note", id: "${randomUUID()}" }]) { __typename } }`,
      "{ notes { text unknown } }",
      "{ notes(",
    ]) {
      const { data, errors } = await ask(query, headers);
      expect(data ?? null, query).toBeNull();
      expect(errors[0].extensions.code, query).toBe("INVALID_INPUT");
    }
  });

  it("believes an envelope only where the gateway has signed it, for this body, this subgraph and now", async () => {
    const { accessToken } = await identity.issue({ org: tree.customer, permissions: ["note:read"] });
    const tollgate = enclose({ ...requestCaller(null), accessToken });
    const body = JSON.stringify({ query: "{ notes { text } }", extensions: { tollgate } });
    const answered = async (headers: Record<string, string>, text = body) =>
      JSON.parse((await post("/graphql", text, headers)).text).errors?.[0].extensions.code ?? "answered";
    expect(await answered(asGateway("/graphql", body))).toBe("answered");
    expect(await answered({})).toBe("UNAUTHENTICATED");
    expect(await answered(asGateway("/graphql", `${body} `))).toBe("UNAUTHENTICATED");
    expect(await answered(asGateway("/events", body))).toBe("UNAUTHENTICATED");
    expect(await answered(asGateway("/graphql", body, "gateway", Date.now() - 60_000))).toBe("UNAUTHENTICATED");
    expect(await answered(asGateway("/graphql", body, "billing"))).toBe("UNAUTHENTICATED");
    const call = { method: "POST", path: "/graphql", body };
    expect(await answered(signCall("another secret", "gateway", "example", call))).toBe("UNAUTHENTICATED");
    expect(await answered(signCall(TEST_SECRET, "gateway", "billing", call))).toBe("UNAUTHENTICATED");
    // Not even the gateway's word counts for who asks.
    const forged = await (await TestIdentity.create()).issue({ org: tree.customer, permissions: ["note:read"] });
    const lie = JSON.stringify({
      query: "{ notes { text } }",
      extensions: { tollgate: enclose({ ...requestCaller(null), accessToken: forged.accessToken }) },
    });
    expect(await answered(asGateway("/graphql", lie), lie)).toBe("UNAUTHENTICATED");
  });
});

describe("a scope, which is nobody's token", () => {
  const scoped = () =>
    enclose(requestCaller(null, { scope: { org: tree.customer, kind: "CUSTOMER", permissions: ["note:read"] } }));
  const JOIN = '{ _entities(representations: [{ __typename: "Note", id: "0" }]) { ... on Note { text } } }';

  it("is believed of the gateway, for joining entities to events and for nothing else", async () => {
    const codeOf = async (query: string, signed: boolean) => {
      const body = JSON.stringify({ query, extensions: { tollgate: scoped() } });
      const { text } = await post("/graphql", body, signed ? asGateway("/graphql", body) : {});
      return JSON.parse(text).errors?.[0].extensions.code ?? "answered";
    };
    expect(await codeOf(JOIN, true)).toBe("answered");
    expect(await codeOf("{ notes { text } }", true)).toBe("FORBIDDEN");
    expect(await codeOf('mutation { addNote(text: "x") { __typename } }', true)).toBe("FORBIDDEN");
    expect(await codeOf("{ notes { text } }", false)).toBe("UNAUTHENTICATED");
    expect(await codeOf(JOIN, false)).toBe("INVALID_INPUT");
  });

  it("listens on the gateway's connection, while that of a client stays the client's", async () => {
    const listen = (connectionParams: Record<string, unknown>) =>
      createClient({
        url: `${server.url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      }).iterate({
        query: 'subscription { noteAdded(after: "0") { text } }',
        extensions: { tollgate: scoped() },
      });
    const writer = await bearer(["note:read", "note:write"]);
    await ask('mutation { addNote(text: "for all") { ... on Note { text } } }', writer.headers);
    const shared = listen(signCall(TEST_SECRET, "gateway", "example", CONNECT_CALL));
    expect((await shared.next()).value.data.noteAdded.text).toEqual(expect.any(String));
    await shared.return?.();
    const { accessToken } = await bearer([]);
    const own = listen({ authorization: `Bearer ${accessToken}` });
    expect((await own.next()).value.errors[0].extensions.code).toBe("FORBIDDEN");
  });
});

const eventOf = (payload: unknown, id = randomUUID()): DeliveredEvent => ({
  id,
  type: "test.arrived",
  aggregateId: randomUUID(),
  aggregateVersion: 1n,
  organisationId: null,
  occurredAt: new Date(),
  payload,
  sealed: null,
});

describe("the inbox and the questions of others", () => {
  it("are there for parts of this Tollgate alone", async () => {
    const body = encode([eventOf("unsigned")]);
    for (const path of ["/events", "/internal/echo"]) {
      expect((await post(path, body)).status).toBe(401);
      expect((await post(path, body, asGateway(path, `${body} `, "billing"))).status).toBe(401);
      expect((await post(path, body, asGateway(path, body, "somebody"))).status).toBe(401);
    }
    expect(applied).toEqual([]);
  });

  it("apply a batch once, however often it is repeated, and tell of each event what became of it", async () => {
    const [first, bad, second] = [eventOf({ big: 2n ** 70n }), eventOf("bad"), eventOf(new Date(0))];
    const body = encode([first, bad, second]);
    const headers = asGateway("/events", body, "billing");
    const answer = await post("/events", body, headers);
    expect(JSON.parse(answer.text)).toEqual([
      null,
      { error: expect.stringContaining("cannot"), unavailable: false },
      null,
    ]);
    expect((await post("/events", body, headers)).status).toBe(200);
    expect([...applied].sort()).toEqual([first.id, second.id].sort());
  });

  it("carry bigints, dates and bytes in both directions", async () => {
    const remote = new RemoteProcess("example", server.url, "billing", TEST_SECRET);
    const question = { units: 2n ** 70n, at: new Date(0), bytes: new Uint8Array([0, 255]) };
    expect(await remote.question("/internal/echo", question)).toEqual(question);
    await remote.close();
  });

  it("are unavailable, rather than unwilling, while nobody is there", async () => {
    const gone = new RemoteProcess("example", "http://127.0.0.1:1", "billing", TEST_SECRET);
    const sink = new RemoteSink(gone);
    await expect(sink.receive(eventOf("x"))).rejects.toBeInstanceOf(SinkUnavailable);
    await expect(sink.receive(eventOf("x"))).rejects.toThrow(/did not answer just now/);
    await gone.close();
  });

  it("get what is handed over at once in one batch", async () => {
    const remote = new RemoteProcess("example", server.url, "billing", TEST_SECRET);
    const sink = new RemoteSink(remote);
    const events = Array.from({ length: 50 }, () => eventOf("many"));
    const results = await Promise.allSettled([
      ...events.map((event) => sink.receive(event)),
      sink.receive(eventOf("bad")),
    ]);
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(events.every(({ id }) => applied.includes(id))).toBe(true);
    await remote.close();
  });
});

describe("subscriptions of a client of its own", () => {
  const connect = (token: string) =>
    createClient({
      url: `${server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });

  it("stream what is theirs, and end with the session", async () => {
    const { accessToken, claims } = await bearer(["note:read", "note:write"]);
    const client = connect(accessToken);
    const events = client.iterate({ query: 'subscription { noteAdded(after: "0") { text cursor } }' });
    await ask('mutation { addNote(text: "live") { ... on Note { text } } }', {
      authorization: `Bearer ${accessToken}`,
    });
    const first = await events.next();
    expect(first.value.data.noteAdded.cursor).toMatch(/^\d+$/);
    // What only the gateway needs to know is not told.
    expect(first.value.extensions).toBeUndefined();
    identity.end(claims.sid);
    await expect(async () => {
      for (;;) await events.next();
    }).rejects.toMatchObject({ code: 4403 });
  });

  it("need a token that is good", async () => {
    const events = connect("none").iterate({ query: "subscription { noteAdded { text } }" });
    await expect(events.next()).rejects.toMatchObject({ code: 4401 });
  });
});
