import { randomUUID } from "node:crypto";
import { createClient } from "graphql-sse";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SocketClient } from "../testing/socket-client.js";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";
import { ApiKeyExchanges } from "./api-keys.js";

const secret = "tgk_0123456789_the-rest-of-a-secret";
const live = "subscription { vmStateChanged { state vm { name } } }";
const codes = (errors: { extensions: Record<string, unknown> }[]) => errors.map(({ extensions }) => extensions.code);

let running: RunningGateway;
let sid: string;
let sub: string;

beforeEach(async () => {
  running = await startGateway();
  [sid, sub] = [randomUUID(), randomUUID()];
  accept();
});

afterEach(async () => {
  // Neither the key nor what it was exchanged for is in the log, whatever happened.
  expect(JSON.stringify(running.log)).not.toMatch(/the-rest-of-a-secret|eyJ/);
  await running.gateway.stop();
});

/** Lets accounts accept the key. */
function accept({ requestsPerMinute = 600, until = null as number | null, permissionsVersion = 1 } = {}): void {
  running.identity.apiKeys.set(secret, async () => {
    const apiKey = { requestsPerMinute };
    const { token } = await running.identity.issue(["vm:read"], { sid, sub, apiKey, permissionsVersion });
    return { state: "accepted", accessToken: token, until };
  });
}

const askWith = async (headers: Record<string, string>, query = "{ vms { id } }") =>
  await running.ask(query, { headers });
const ask = async (query?: string) => await askWith({ "x-api-key": secret }, query);

describe("an API key", () => {
  it.each<{ way: string; headers: Record<string, string> }>([
    { way: "x-api-key", headers: { "x-api-key": secret } },
    { way: "a bearer token", headers: { authorization: `Bearer ${secret}` } },
    { way: "x-api-key beside a cookie", headers: { "x-api-key": secret, cookie: "tollgate_access=abc" } },
  ])("is believed as $way, and subgraphs get the access token that it stands for", async ({ headers }) => {
    const { errors } = await askWith(headers);
    expect(errors).toEqual([]);
    const caller = running.graph.telemetry.requests[0]?.caller;
    expect(caller?.claims).toMatchObject({ sub, sid, permissions: ["vm:read"], apiKey: { requestsPerMinute: 600 } });
    expect(caller?.accessToken).toMatch(/^eyJ/);
    expect(caller?.refreshToken).toBeNull();
    expect(running.identity.shownKeys[0]).toMatchObject({ secret, address: "127.0.0.1" });
  });

  it("may do what its permissions allow and no more", async () => {
    expect(codes((await ask("{ vms { hourlyCost { formatted } } }")).errors)).toEqual(["FORBIDDEN"]);
  });

  it("is not looked for in cookies or in the address", async () => {
    const { errors } = await askWith({ cookie: `x-api-key=${secret}; tollgate_access=${secret}` });
    expect(codes(errors)).toEqual(["UNAUTHENTICATED"]);
    const query = encodeURIComponent("{ vms { id } }");
    const response = await fetch(`${running.url}/graphql?query=${query}&x-api-key=${secret}&apiKey=${secret}`, {
      headers: { "apollo-require-preflight": "1" },
    });
    const answer = (await response.json()) as { errors: { extensions: Record<string, unknown> }[] }; // GraphQL's shape
    expect(codes(answer.errors)).toEqual(["UNAUTHENTICATED"]);
    expect(running.identity.shownKeys).toEqual([]);
  });

  it("is asked for once, however often and by how many at once it is shown", async () => {
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    expect(running.identity.shownKeys).toHaveLength(1);
  });

  it("that is none is refused even for public operations, and asked for once", async () => {
    for (let i = 0; i < 3; i += 1) {
      const { errors } = await askWith({ "x-api-key": "tgk_wrong" }, "{ weather }");
      expect(codes(errors)).toEqual(["UNAUTHENTICATED"]);
    }
    expect(running.identity.shownKeys).toHaveLength(1);
  });

  it("is refused where it may not be used from", async () => {
    running.identity.apiKeys.set(secret, () => ({ state: "foreign-address" }));
    expect(codes((await ask()).errors)).toEqual(["FORBIDDEN"]);
    const socket = new SocketClient(running.url, { connectionParams: { "x-api-key": secret } });
    socket
      .run(live)
      .next()
      .catch(() => undefined);
    expect(await socket.closed).toMatchObject({ code: 4401, reason: expect.stringContaining("address") });
  });

  it("cannot be told from a bad one while accounts is away: UNAVAILABLE, and well again after", async () => {
    running.identity.fail(new Error("away"));
    expect(codes((await ask()).errors)).toEqual(["UNAVAILABLE"]);
    running.identity.fail(null);
    expect((await ask()).errors).toEqual([]);
  });

  it("bites no more within a second of its end", async () => {
    expect((await ask()).errors).toEqual([]);
    running.identity.apiKeys.delete(secret);
    running.identity.end(sid);
    await eventually(async () => expect(codes((await ask()).errors)).toEqual(["UNAUTHENTICATED"]), 1_000);
  });

  it("goes on with what it may do now when that has changed", async () => {
    expect((await ask()).errors).toEqual([]);
    accept({ permissionsVersion: 2 });
    running.identity.changePermissions(sub, 2);
    await eventually(async () => {
      await ask();
      expect(running.graph.telemetry.requests.at(-1)?.caller.claims?.permissionsVersion).toBe(2);
    }, 1_000);
    expect(running.identity.shownKeys).toHaveLength(2);
  });

  it("has a rate of its own, and is told when to come again", async () => {
    accept({ requestsPerMinute: 2 });
    expect((await ask()).errors).toEqual([]);
    expect((await ask()).errors).toEqual([]);
    const { errors } = await ask();
    expect(errors[0]?.extensions).toEqual({ code: "RATE_LIMITED", retryAfterSeconds: 30 });
    const other = await running.identity.issue(["vm:read"]);
    expect((await running.ask("{ vms { id } }", { token: other.token })).errors).toEqual([]);
  });
});

describe("live streams of an API key", () => {
  it.each([
    { way: "x-api-key", connectionParams: { "x-api-key": secret } },
    { way: "authorization", connectionParams: { authorization: `Bearer ${secret}` } },
  ])("over a WebSocket ($way) end within a second of it", async ({ connectionParams }) => {
    const socket = new SocketClient(running.url, { connectionParams });
    const results = socket.run(live);
    const first = results.next();
    await running.graph.changes.untilOpen(1);
    running.graph.changes.publish({
      vmStateChanged: { state: "RUNNING", vm: { __typename: "Vm", id: "1", name: "a" } },
    });
    expect((await first).value).toEqual({ data: { vmStateChanged: { state: "RUNNING", vm: { name: "a" } } } });
    results.next().catch(() => undefined);
    running.identity.end(sid);
    expect(await socket.closed).toMatchObject({ code: 4403, reason: "Session ended" });
    await running.graph.changes.untilOpen(0);
  });

  it("over a WebSocket end when the key does", async () => {
    accept({ until: Date.now() + 300 });
    const socket = new SocketClient(running.url, { connectionParams: { "x-api-key": secret } });
    socket
      .run(live)
      .next()
      .catch(() => undefined);
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  it.each([
    { why: "the key was revoked", until: null },
    { why: "the key has expired", until: 300 },
  ])("over Server-Sent Events end when $why", async ({ until }) => {
    accept({ until: until && Date.now() + until });
    const client = createClient({ url: `${running.url}/graphql`, headers: { "x-api-key": secret }, retryAttempts: 0 });
    const results = client.iterate({ query: live });
    const first = results.next();
    await running.graph.changes.untilOpen(1);
    if (until === null) running.identity.end(sid);
    expect((await first).value?.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED" });
    await running.graph.changes.untilOpen(0);
  });
});

describe("what the gateway remembers of keys", () => {
  it("is asked for anew after a minute when it was good, after five seconds when not, and when the key ends", async () => {
    let time = 0;
    let asked = 0;
    const answers = new ApiKeyExchanges(
      {
        exchangeApiKey: async (shown) => {
          asked += 1;
          if (shown.secret === "bad") return { state: "invalid" };
          return { state: "accepted", accessToken: "t", until: shown.secret === "short" ? 10_000 : null };
        },
      },
      () => time,
    );
    const asksAgainAt = async (shown: string, moments: number[]) => {
      const before = asked;
      for (const moment of moments) {
        time = moment;
        await answers.of({ secret: shown, address: "192.0.2.1", userAgent: "", requestId: "" });
      }
      return asked - before;
    };
    expect(await asksAgainAt("good", [0, 59_000])).toBe(1);
    expect(await asksAgainAt("good", [60_001])).toBe(1);
    expect(await asksAgainAt("bad", [0, 4_000])).toBe(1);
    expect(await asksAgainAt("bad", [5_001])).toBe(1);
    expect(await asksAgainAt("short", [0, 9_999, 10_001])).toBe(2);
    await answers.of({ secret: "good", address: "192.0.2.2", userAgent: "", requestId: "" });
    expect(asked).toBe(7);
  });
});
