import { createHash } from "node:crypto";
import { parse } from "graphql";
import { afterEach, describe, expect, it } from "vitest";
import { SocketClient } from "../testing/socket-client.js";
import { type RunningGateway, startGateway } from "../testing/start.js";
import { TrustedDocuments } from "./trusted-documents.js";

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const registered = "query Weather {\n  weather\n}";
const live = "subscription Live { vmStateChanged { state vm { ...named } } } fragment named on Vm { id name }";
const register = new Map([registered, live].map((text) => [hashOf(text), text]));

describe("trusted documents", () => {
  const trusted = new TrustedDocuments(register);

  it.each([
    { what: "spaces and comments", text: "query Weather { weather } # now" },
    { what: "the __typename fields of a client", text: "query Weather { __typename weather }" },
    {
      what: "the place of a fragment",
      text: "fragment named on Vm { __typename id name } subscription Live { vmStateChanged { state vm { ...named __typename } } }",
    },
  ])("are known whatever $what", ({ text }) => {
    expect(trusted.has(parse(text))).toBe(true);
  });

  it.each([
    { what: "another field", text: "query Weather { weather broken }" },
    { what: "another name", text: "query Wetter { weather }" },
    { what: "another alias", text: "query Weather { sun: weather }" },
    { what: "an aliased __typename", text: "query Weather { weather kind: __typename }" },
    { what: "a second operation", text: "query Weather { weather } query More { prices }" },
    { what: "an argument", text: "query Weather { weather @include(if: true) }" },
  ])("are not known with $what", ({ text }) => {
    expect(trusted.has(parse(text))).toBe(false);
  });
});

describe("a gateway that answers registered documents only", () => {
  let running: RunningGateway;

  afterEach(async () => {
    await running.gateway.stop();
  });

  it("refuses all others before anything is planned, over HTTP and WebSocket, but for those who may explore", async () => {
    running = await startGateway({
      trustedDocuments: register,
      onlyTrustedDocuments: true,
      mayExplore: (caller) => caller.claims?.permissions.includes("operations:read") ?? false,
    });
    const { token } = await running.identity.issue(["vm:read"]);
    const refused = [{ extensions: { code: "FORBIDDEN" } }];
    expect((await running.ask("query Weather { __typename weather }", { token })).errors).toEqual([]);
    expect((await running.ask("{ prices }", { token })).errors).toMatchObject(refused);
    const client = new SocketClient(running.url, { token });
    expect(await client.next(client.run("subscription { vmStateChanged { state } }"))).toMatchObject({
      errors: refused,
    });
    const results = client.run(live);
    const first = results.next();
    await running.graph.changes.untilOpen(1);
    await results.return?.();
    await client.dispose();
    await first;
    const { token: operator } = await running.identity.issue(["operations:read"]);
    expect((await running.ask("{ prices }", { token: operator })).errors).toEqual([]);
  });
});

describe("persisted queries", () => {
  let running: RunningGateway;

  async function askByHash(text: string, withText: boolean) {
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(text) } };
    const response = await fetch(`${running.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...(withText && { query: text }), extensions }),
    });
    return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
  }

  afterEach(async () => {
    await running.gateway.stop();
  });

  it("are known by their hash once they were sent, and from the beginning when they are registered", async () => {
    running = await startGateway({ trustedDocuments: register });
    expect(await askByHash(registered, false)).toMatchObject({ data: { weather: expect.any(String) } });
    const own = "{ serverTime }";
    expect((await askByHash(own, false)).errors).toMatchObject([{ message: "PersistedQueryNotFound" }]);
    expect(await askByHash(own, true)).toEqual({ data: { serverTime: "noon" } });
    expect(await askByHash(own, false)).toEqual({ data: { serverTime: "noon" } });
  });

  it("are refused under another text's hash", async () => {
    running = await startGateway();
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf("{ weather }") } };
    const { errors } = await running.ask("{ serverTime }", { extensions });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    expect((await askByHash("{ weather }", false)).errors).toMatchObject([{ message: "PersistedQueryNotFound" }]);
  });
});
