import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { SocketClient } from "../testing/socket-client.js";
import { type RunningGateway, startGateway } from "../testing/start.js";
import type { Limits } from "./limits.js";

const slowly = { perSecond: 0.001, burst: 3 };
const liveStates = "subscription { vmStateChanged { state } }";

describe("a gateway that is asked too much", () => {
  let running: RunningGateway;
  const clients: SocketClient[] = [];

  async function start(limits: Partial<Limits>): Promise<void> {
    running = await startGateway({ limits });
  }

  function socket(token: string): SocketClient {
    const client = new SocketClient(running.url, { token });
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    await running.gateway.stop();
  });

  it("refuses more operations of one caller than it may do, over HTTP and WebSocket alike, and no others", async () => {
    await start({ callerRate: slowly });
    const { token } = await running.identity.issue(["vm:read"]);
    for (const _ of [1, 2]) expect((await running.ask("{ weather }", { token })).errors).toEqual([]);
    const client = socket(token);
    expect((await client.next(client.run("{ weather }"))).errors).toBeUndefined();
    const refused = [{ extensions: { code: "RATE_LIMITED", retryAfterSeconds: 1_000 } }];
    expect(await client.next(client.run("{ weather }"))).toMatchObject({ errors: refused });
    expect(await running.ask("{ weather }", { token })).toMatchObject({ errors: refused });
    const other = await running.identity.issue(["vm:read"]);
    expect((await running.ask("{ weather }", { token: other.token })).errors).toEqual([]);
    expect((await running.ask("{ weather }")).errors).toEqual([]);
  });

  it("refuses more requests of one address with 429 before it looks at them, and its WebSockets too", async () => {
    await start({ addressRate: slowly });
    const { token } = await running.identity.issue(["vm:read"]);
    for (const _ of [1, 2, 3]) expect((await running.ask("{ weather }")).status).toBe(200);
    const refused = await running.ask("{ this is nonsense");
    expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { code: "RATE_LIMITED" } }] });
    expect(Number(refused.headers.get("retry-after"))).toBe(1_000);
    const client = socket(token);
    await expect(client.next(client.run(liveStates))).rejects.toThrow();
    expect(running.graph.telemetry.requests).toHaveLength(3);
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
  });

  it("refuses more subscriptions of one caller than it may have over all its sockets, until one ends", async () => {
    await start({ subscriptionsPerCaller: 2 });
    const { token } = await running.identity.issue(["vm:read"]);
    const first = socket(token).run(liveStates);
    const second = socket(token).run(liveStates);
    void first.next();
    void second.next();
    const { changes } = running.graph;
    await changes.untilOpen(2);
    const third = socket(token);
    expect(await third.next(third.run(liveStates))).toMatchObject({
      errors: [{ extensions: { code: "RATE_LIMITED" } }],
    });
    await first.return?.();
    await changes.untilOpen(1);
    void third.run(liveStates).next();
    await changes.untilOpen(2);
  });

  it("hangs up on who sends its headers a byte at a time", async () => {
    await start({ headersMilliseconds: 200, requestMilliseconds: 400 });
    const { hostname, port } = new URL(running.url);
    const line = connect(Number(port), hostname);
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    let received = "";
    line.on("data", (data) => {
      received += data.toString();
    });
    line.on("close", () => resolve(received));
    line.on("error", () => undefined); // it is cut off while it writes
    line.write("POST /graphql HTTP/1.1\r\nHost: x\r\n");
    const drip = setInterval(() => line.write("a"), 50);
    expect(await ended).toContain("408");
    clearInterval(drip);
    expect((await running.ask("{ weather }")).errors).toEqual([]);
  });

  it("is not misled by keys that belong to all objects", async () => {
    await start({});
    const headers = { "content-type": "application/json" };
    for (const key of ["__proto__", "constructor"]) {
      const body = `{"query":"query($n: Int) { vms(first: $n) { id } }","variables":{"${key}":{"prototype":{"polluted":1}}}}`;
      const response = await fetch(`${running.url}/graphql`, { method: "POST", headers, body });
      const answer = (await response.json()) as { errors: { extensions: { code: string } }[] };
      expect(["INVALID_INPUT", "UNAUTHENTICATED"]).toContain(answer.errors[0]?.extensions.code);
    }
    const { token } = await running.identity.issue(["vm:read"]);
    const client = socket(token);
    const variables = JSON.parse('{"__proto__":{"polluted":1},"n":1}');
    expect(await client.next(client.run("query($n: Int) { vms(first: $n) { id } }", variables))).toMatchObject({
      data: { vms: [{ id: "1" }] },
    });
    expect({}).not.toHaveProperty("polluted");
  });
});
