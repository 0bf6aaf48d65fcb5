import { randomUUID } from "node:crypto";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import { enclose } from "../protocol/envelope.js";
import { CONNECT_CALL } from "../protocol/processes.js";
import { signCall } from "../protocol/signing.js";
import { TEST_SECRET } from "../testing/databases.js";
import { requestCaller, until } from "../testing/fixtures.js";
import { TestIdentity } from "../testing/identity.js";
import { ServedExample, signedBy } from "../testing/served.js";

let served: ServedExample;

beforeAll(async () => {
  served = await ServedExample.start(inject("postgresUrl"));
});
afterAll(() => served.stop());

describe("a subgraph that is reached directly", () => {
  it("answers whoever shows a token of accounts, within their estate and their permissions", async () => {
    const { headers } = await served.bearer(["note:read", "note:write"]);
    const added = await served.ask('mutation { addNote(text: "direct") { ... on Note { text } } }', headers);
    expect(added).toEqual({ data: { addNote: { text: "direct" } } });
    const reader = await served.bearer(["note:read"]);
    expect(await served.ask("{ notes { text } }", reader.headers)).toEqual({ data: { notes: [{ text: "direct" }] } });
    const nobody = await served.bearer([]);
    expect((await served.ask("{ notes { text } }", nobody.headers)).errors[0].extensions.code).toBe("FORBIDDEN");
    const foreign = { ...reader.headers, "x-organisation-id": served.tree.sibling };
    expect((await served.ask("{ notes { text } }", foreign)).errors[0].extensions.code).toBe("FORBIDDEN");
  });

  it("refuses no token, a bad one, an expired one and one of an ended session", async () => {
    const codeOf = async (headers: Record<string, string>) =>
      (await served.ask("{ notes { text } }", headers)).errors[0].extensions.code;
    expect(await codeOf({})).toBe("UNAUTHENTICATED");
    const { headers, claims, accessToken } = await served.bearer(["note:read"]);
    expect(await codeOf({ authorization: `${headers.authorization.slice(0, -8)}AAAAAAAA` })).toBe("UNAUTHENTICATED");
    const old = await served.identity.issue({
      org: served.tree.customer,
      permissions: ["note:read"],
      exp: 1_700_000_000,
    });
    expect(await codeOf({ authorization: `Bearer ${old.accessToken}` })).toBe("UNAUTHENTICATED");
    const stranger = await TestIdentity.create();
    const forged = await stranger.issue(claims);
    expect(await codeOf({ authorization: `Bearer ${forged.accessToken}` })).toBe("UNAUTHENTICATED");
    served.identity.end(claims.sid);
    await until(
      async () => (await served.ask("{ notes { text } }", { authorization: `Bearer ${accessToken}` })).errors,
    );
  });

  it("takes tokens of a new key, and does not let strangers make accounts work", async () => {
    await served.identity.rotate();
    const { headers } = await served.bearer(["note:read"]);
    await until(async () => (await served.ask("{ notes { text } }", headers)).data?.notes);
    const before = served.identity.keysAsked;
    const stranger = await TestIdentity.create();
    const { accessToken } = await stranger.issue({});
    await Promise.all(
      Array.from({ length: 30 }, () => served.ask("{ notes { text } }", { authorization: `Bearer ${accessToken}` })),
    );
    expect(served.identity.keysAsked - before).toBeLessThan(3);
  });

  it("shows strangers neither the schema nor the ways that only the gateway may take", async () => {
    const { headers } = await served.bearer(["note:read"]);
    for (const query of [
      "{ __schema { types { name } } }",
      '{ __type(name: "Note") { name } }',
      "{ _service { sdl } }",
      `{ _entities(representations: [{ __typename: "Note", id: "${randomUUID()}" }]) { __typename } }`,
      "{ notes { text unknown } }",
      "{ notes(",
    ]) {
      const { data, errors } = await served.ask(query, headers);
      expect(data ?? null, query).toBeNull();
      expect(errors[0].extensions.code, query).toBe("INVALID_INPUT");
    }
  });

  it("believes an envelope only where the gateway has signed it, for this body, this subgraph and now", async () => {
    const { accessToken } = await served.identity.issue({ org: served.tree.customer, permissions: ["note:read"] });
    const tollgate = enclose({ ...requestCaller(null), accessToken });
    const body = JSON.stringify({ query: "{ notes { text } }", extensions: { tollgate } });
    const answered = async (headers: Record<string, string>, text = body) =>
      JSON.parse((await served.post("/graphql", text, headers)).text).errors?.[0].extensions.code ?? "answered";
    expect(await answered(signedBy("gateway", "/graphql", body))).toBe("answered");
    expect(await answered({})).toBe("UNAUTHENTICATED");
    expect(await answered(signedBy("gateway", "/graphql", `${body} `))).toBe("UNAUTHENTICATED");
    expect(await answered(signedBy("gateway", "/events", body))).toBe("UNAUTHENTICATED");
    expect(await answered(signedBy("gateway", "/graphql", body, Date.now() - 60_000))).toBe("UNAUTHENTICATED");
    expect(await answered(signedBy("billing", "/graphql", body))).toBe("UNAUTHENTICATED");
    const call = { method: "POST", path: "/graphql", body };
    expect(await answered(signCall("another secret", "gateway", "example", call))).toBe("UNAUTHENTICATED");
    expect(await answered(signCall(TEST_SECRET, "gateway", "billing", call))).toBe("UNAUTHENTICATED");
    // Not even the gateway's word counts for who asks.
    const forged = await (await TestIdentity.create()).issue({ org: served.tree.customer, permissions: ["note:read"] });
    const lie = JSON.stringify({
      query: "{ notes { text } }",
      extensions: { tollgate: enclose({ ...requestCaller(null), accessToken: forged.accessToken }) },
    });
    expect(await answered(signedBy("gateway", "/graphql", lie), lie)).toBe("UNAUTHENTICATED");
  });
});

describe("a scope, which is nobody's token", () => {
  const scoped = () =>
    enclose(
      requestCaller(null, { scope: { org: served.tree.customer, kind: "CUSTOMER", permissions: ["note:read"] } }),
    );
  const JOIN = '{ _entities(representations: [{ __typename: "Note", id: "0" }]) { ... on Note { text } } }';

  it("is believed of the gateway, for joining entities to events and for nothing else", async () => {
    const codeOf = async (query: string, signed: boolean) => {
      const body = JSON.stringify({ query, extensions: { tollgate: scoped() } });
      const { text } = await served.post("/graphql", body, signed ? signedBy("gateway", "/graphql", body) : {});
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
        url: `${served.server.url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      }).iterate({
        query: 'subscription { noteAdded(after: "0") { text } }',
        extensions: { tollgate: scoped() },
      });
    const writer = await served.bearer(["note:read", "note:write"]);
    await served.ask('mutation { addNote(text: "for all") { ... on Note { text } } }', writer.headers);
    const shared = listen(signCall(TEST_SECRET, "gateway", "example", CONNECT_CALL));
    expect((await shared.next()).value.data.noteAdded.text).toEqual(expect.any(String));
    await shared.return?.();
    const { accessToken } = await served.bearer([]);
    const own = listen({ authorization: `Bearer ${accessToken}` });
    expect((await own.next()).value.errors[0].extensions.code).toBe("FORBIDDEN");
  });
});

describe("subscriptions of a client of its own", () => {
  const connect = (token: string) =>
    createClient({
      url: `${served.server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });

  it("stream what is theirs, and end with the session", async () => {
    const { accessToken, claims } = await served.bearer(["note:read", "note:write"]);
    const client = connect(accessToken);
    const events = client.iterate({ query: 'subscription { noteAdded(after: "0") { text cursor } }' });
    await served.ask('mutation { addNote(text: "live") { ... on Note { text } } }', {
      authorization: `Bearer ${accessToken}`,
    });
    const first = await events.next();
    expect(first.value.data.noteAdded.cursor).toMatch(/^\d+$/);
    // What only the gateway needs to know is not told.
    expect(first.value.extensions).toBeUndefined();
    served.identity.end(claims.sid);
    await expect(async () => {
      for (;;) await events.next();
    }).rejects.toMatchObject({ code: 4403 });
  });

  it("need a token that is good", async () => {
    const events = connect("none").iterate({ query: "subscription { noteAdded { text } }" });
    await expect(events.next()).rejects.toMatchObject({ code: 4401 });
  });
});
