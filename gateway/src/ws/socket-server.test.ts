import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { SocketClient, type SocketClientOptions } from "../testing/socket-client.js";
import { type RunningGateway, startGateway } from "../testing/start.js";

const liveStates = "subscription { vmStateChanged { state } }";

describe("WebSockets", () => {
  let running: RunningGateway;
  const clients: SocketClient[] = [];

  function connect(options: SocketClientOptions = {}): SocketClient {
    const client = new SocketClient(running.url, options);
    clients.push(client);
    return client;
  }

  /** Starts an operation that ends with the connection. */
  function listen(client: SocketClient): Promise<unknown> {
    return client
      .run(liveStates)
      .next()
      .catch((reason: unknown) => reason);
  }

  beforeEach(async () => {
    running = await startGateway({ limits: { subscriptionsPerSocket: 3, connectionInitMilliseconds: 50 } });
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    await running.gateway.stop();
  });

  it("closes an anonymous one with 4401", async () => {
    const client = connect();
    void listen(client);
    expect(await client.closed).toMatchObject({ code: 4401, reason: "Unauthorized" });
  });

  it.each(["expired token", "made-up token"])("closes one with an %s with 4401", async (kind) => {
    const { token } = await running.identity.issue([], { expiresIn: -10 });
    const client = connect({ token: kind === "expired token" ? token : "abc" });
    void listen(client);
    expect(await client.closed).toMatchObject({ code: 4401 });
  });

  it("takes the session of the cookie, from the own pages only", async () => {
    const { token } = await running.identity.issue([]);
    const cookie = `tollgate_access=${token}`;
    const own = connect({ cookie, origin: "https://cloud.example" });
    expect(await own.next(own.run("{ me { displayName } }"))).toEqual({ data: { me: { displayName: "Ada" } } });
    const foreign = new WebSocket(`${running.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", {
      headers: { cookie },
      origin: "https://evil.test",
    });
    const [error] = await once(foreign, "error");
    expect(String(error)).toContain("403");
  });

  it("answers queries and mutations, too", async () => {
    const { token } = await running.identity.issue(["vm:read"]);
    const client = connect({ token });
    expect(await client.next(client.run("query ($id: ID!) { vm(id: $id) { name } }", { id: "7" }))).toEqual({
      data: { vm: { name: "vm-7" } },
    });
    expect(await client.next(client.run(`mutation { note(step: "a") }`))).toEqual({ data: { note: ["a"] } });
  });

  it("narrows to the organisation that the client names, which has to be a UUID", async () => {
    const { token } = await running.identity.issue([]);
    const organisation = "0197c0de-0000-7000-8000-000000000001";
    const client = connect({ token, connectionParams: { "x-organisation-id": organisation } });
    await client.next(client.run("{ weather }"));
    expect(running.graph.telemetry.requests[0]?.caller.narrowedOrganisationId).toBe(organisation);
    const wrong = connect({ token, connectionParams: { "x-organisation-id": "acme" } });
    void listen(wrong);
    expect(await wrong.closed).toMatchObject({ code: 4400 });
  });

  it("carries a limited number of operations", async () => {
    const { token } = await running.identity.issue(["vm:read"]);
    const client = connect({ token });
    const live = [0, 1, 2].map(() => listen(client));
    await running.graph.changes.untilOpen(3);
    expect(await listen(client)).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
    client.terminate();
    await Promise.all(live);
  });

  it("closes one that does not say who it is in time", async () => {
    const silent = new WebSocket(`${running.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const [code] = await once(silent, "close");
    expect(code).toBe(4408);
  });

  it("answers what is no valid document with INVALID_INPUT and goes on", async () => {
    const { token } = await running.identity.issue([]);
    const client = connect({ token });
    for (const query of ["{ nothing }", "{", `{ ${Array.from({ length: 6_000 }, () => "weather").join(" ")} }`]) {
      const errors = await client
        .run(query)
        .next()
        .catch((reason: unknown) => reason);
      expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    }
    expect(await client.next(client.run("{ weather }"))).toEqual({ data: { weather: "dry" } });
  });

  it("is closed within a second of its session's end, and nobody else's is", async () => {
    const leaving = await running.identity.issue(["vm:read"]);
    const staying = await running.identity.issue(["vm:read"]);
    const client = connect({ token: leaving.token });
    const other = connect({ token: staying.token });
    const live = [listen(client), listen(other)];
    await running.graph.changes.untilOpen(2);
    running.identity.end(leaving.claims.sid);
    expect(await client.closed).toMatchObject({ code: 4403, reason: "Session ended" });
    await running.graph.changes.untilOpen(1);
    running.identity.changePermissions(staying.claims.sub, 2);
    expect(await other.closed).toMatchObject({ code: 4403, reason: "Permissions changed" });
    await running.graph.changes.untilOpen(0);
    await Promise.all(live);
  });

  it("is closed when the life of a refresh token is over", async () => {
    await running.gateway.stop();
    running = await startGateway({ limits: { socketMilliseconds: 30 } });
    const { token } = await running.identity.issue(["vm:read"]);
    const client = connect({ token });
    void listen(client);
    expect(await client.closed).toMatchObject({ code: 4401, reason: "Sign in again" });
  });

  it("is cut off when the client answers no ping", async () => {
    await running.gateway.stop();
    running = await startGateway({ limits: { pingMilliseconds: 30 } });
    const { token } = await running.identity.issue(["vm:read"]);
    const client = connect({ token });
    const live = listen(client);
    await running.graph.changes.untilOpen(1);
    client.pause();
    await running.graph.changes.untilOpen(0);
    client.resume();
    await live;
  });

  it("never hands a refresh token on, because a new one could not be kept", async () => {
    const { token } = await running.identity.issue([]);
    const client = connect({ cookie: `tollgate_access=${token}; tollgate_refresh=secret` });
    await client.next(client.run("{ serverTime }"));
    expect(running.graph.accounts.requests[0]?.caller.refreshToken).toBeNull();
  });

  it("refuses upgrades on other paths", async () => {
    const elsewhere = new WebSocket(`${running.url.replace("http", "ws")}/elsewhere`);
    const [error] = await once(elsewhere, "error");
    expect(String(error)).toContain("404");
  });

  it("goes away politely: 1001, upstreams let go, no `complete` for what only broke off", async () => {
    const { token } = await running.identity.issue(["vm:read"]);
    const client = connect({ token });
    const live = listen(client);
    await running.graph.changes.untilOpen(1);
    await running.gateway.stop();
    expect(await client.closed).toMatchObject({ code: 1001, reason: "Going away" });
    expect(running.graph.changes.open).toBe(0);
    expect(await live).toMatchObject({ code: 1001 });
  });
});
