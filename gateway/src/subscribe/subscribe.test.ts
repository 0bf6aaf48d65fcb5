import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeOf, sampleOf } from "../testing/graph.js";
import { SocketClient } from "../testing/socket-client.js";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";

const liveSamples = "subscription { vmSamples { cpuPercent vm { id name hourlyCost { formatted } } } }";
const liveStates = "subscription { vmStateChanged { state vm { id } } }";

describe("live subscriptions over several subgraphs", () => {
  let running: RunningGateway;
  let client: SocketClient;

  async function connect(permissions = ["price:read", "vm:read"]): Promise<SocketClient> {
    const { token } = await running.identity.issue(permissions);
    return new SocketClient(running.url, { token });
  }

  beforeEach(async () => {
    running = await startGateway({ limits: { queuedEvents: 5 } });
    client = await connect();
  });

  afterEach(async () => {
    await client.dispose();
    await running.gateway.stop();
    expect(running.graph.samples.open).toBe(0);
    expect(running.graph.changes.open).toBe(0);
  });

  it("adds billing's cost to each live sample of telemetry", async () => {
    const results = client.run(liveSamples);
    const first = client.next(results);
    await running.graph.samples.untilOpen(1);
    running.graph.samples.publish(sampleOf("1", 12.5));
    expect(await first).toEqual({
      data: { vmSamples: [{ cpuPercent: 12.5, vm: { id: "1", name: "vm-1", hourlyCost: { formatted: "R 1.00" } } }] },
    });
    const second = client.next(results);
    running.graph.samples.publish(sampleOf("2", 99));
    expect(await second).toEqual({
      data: { vmSamples: [{ cpuPercent: 99, vm: { id: "2", name: "vm-2", hourlyCost: { formatted: "R 2.00" } } }] },
    });
  });

  it("hands the variables, the scope and aliases to the owner", async () => {
    const results = client.run("subscription Some($ids: [ID!]) { mine: vmSamples(ids: $ids) { load: cpuPercent } }", {
      ids: ["1"],
    });
    const first = client.next(results);
    await running.graph.samples.untilOpen(1);
    running.graph.samples.publish(sampleOf("1", 3));
    expect(await first).toEqual({ data: { mine: [{ load: 3 }] } });
    const [request] = running.graph.telemetry.requests;
    expect(request?.variables).toEqual({ ids: ["1"] });
    expect(request?.caller.scope?.permissions).toEqual(["price:read", "vm:read"]);
  });

  it("delivers the event without the fields of a subgraph that fails, and goes on", async () => {
    const { execute } = running.graph.billing;
    running.graph.billing.execute = async () => {
      throw new Error("down");
    };
    const results = client.run(liveSamples);
    const first = client.next(results);
    await running.graph.samples.untilOpen(1);
    running.graph.samples.publish(sampleOf("1", 1));
    expect(await first).toMatchObject({
      data: { vmSamples: [{ cpuPercent: 1, vm: { id: "1", hourlyCost: null } }] },
      errors: [{ extensions: { code: "UNAVAILABLE", serviceName: "billing" } }],
    });
    running.graph.billing.execute = execute;
    const second = client.next(results);
    running.graph.samples.publish(sampleOf("1", 2));
    expect((await second).errors).toBeUndefined();
  });

  it("lets go of the upstream at once when the client completes, while no event comes", async () => {
    const results = Array.from({ length: 20 }, () => client.run(liveStates));
    const waiting = results.map((one) => one.next());
    await running.graph.changes.untilOpen(20);
    await Promise.all(results.map((one) => one.return?.()));
    await running.graph.changes.untilOpen(0);
    await Promise.all(waiting);
  });

  it("lets go of all upstreams when the connection breaks", async () => {
    const broken = [0, 1, 2, 3].map(() =>
      client
        .run(liveStates)
        .next()
        .catch(() => "broken"),
    );
    await running.graph.changes.untilOpen(4);
    client.terminate();
    await running.graph.changes.untilOpen(0);
    expect(await Promise.all(broken)).toEqual(["broken", "broken", "broken", "broken"]);
  });

  it("lets go of the upstream while the other subgraphs still add their fields", async () => {
    const asked = Promise.withResolvers<AbortSignal | undefined>();
    running.graph.billing.execute = async ({ signal }) => {
      asked.resolve(signal);
      return await new Promise(() => undefined);
    };
    const results = client.run(liveSamples);
    const waiting = results.next();
    await running.graph.samples.untilOpen(1);
    running.graph.samples.publish(sampleOf("1", 1));
    const signal = await asked.promise;
    await results.return?.();
    await running.graph.samples.untilOpen(0);
    await eventually(() => expect(signal?.aborted).toBe(true));
    await waiting;
  });

  it("gives a slow client the newest event where newest wins", async () => {
    const results = client.run("subscription { vmSamples { cpuPercent vm { id name } } }");
    const first = client.next(results);
    await running.graph.samples.untilOpen(1);
    running.graph.samples.publish(sampleOf("1", 0));
    await first;
    client.pause();
    const large = "x".repeat(1_000_000);
    const count = 60;
    for (let index = 1; index <= count; index += 1) {
      const event = sampleOf("1", index);
      running.graph.samples.publish({
        vmSamples: event.vmSamples.map((sample) => ({ ...sample, vm: { ...sample.vm, name: large } })),
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.resume();
    let delivered = 0;
    for await (const { data } of results) {
      delivered += 1;
      if ((data as { vmSamples: { cpuPercent: number }[] }).vmSamples[0]?.cpuPercent === count) break;
    }
    expect(delivered).toBeLessThan(count);
  });

  it("closes a client that is too slow for events that must not be lost", async () => {
    await client.dispose();
    await running.gateway.stop();
    running = await startGateway({ limits: { queuedEvents: 5, slowClientMilliseconds: 50 } });
    client = await connect();
    const results = client.run("subscription { vmStateChanged { state } }");
    const ended = results
      .next()
      .then(() => results.next())
      .then(() => results.next())
      .catch((reason: unknown) => reason);
    await running.graph.changes.untilOpen(1);
    running.graph.changes.publish(changeOf("1", "RUNNING"));
    client.pause();
    const large = "x".repeat(4_000_000);
    const flood = setInterval(() => running.graph.changes.publish(changeOf("1", large)), 2);
    await running.graph.changes.untilOpen(0);
    clearInterval(flood);
    client.resume();
    expect(await client.closed).toMatchObject({ code: 4413 });
    await ended;
  });

  it("loses nothing and keeps the order of what may not be conflated, in a burst longer than the queue", async () => {
    const results = client.run(liveStates);
    const first = client.next(results);
    await running.graph.changes.untilOpen(1);
    const states = Array.from({ length: 200 }, (_, index) => `state ${index}`);
    running.graph.changes.publish(...states.map((state) => changeOf("1", state)));
    const seen = [await first];
    while (seen.length < states.length) seen.push(await client.next(results));
    expect(seen.map(({ data }) => (data as { vmStateChanged: { state: string } }).vmStateChanged.state)).toEqual(
      states,
    );
    await results.return?.();
  });

  it("ends a subscription whose upstream breaks with one error", async () => {
    const results = client.run(liveStates);
    const first = client.next(results);
    await running.graph.changes.untilOpen(1);
    running.graph.changes.fail(new Error("connection to 10.0.0.7 lost"));
    expect(await first).toMatchObject({
      errors: [{ message: "telemetry is unavailable", extensions: { code: "UNAVAILABLE" } }],
    });
    expect(await results.next()).toMatchObject({ done: true });
  });

  it("passes the refusal of the owner on and completes", async () => {
    const results = client.run("subscription { refusing }");
    expect(await client.next(results)).toMatchObject({
      errors: [{ message: "Nothing of that id", extensions: { code: "NOT_FOUND", serviceName: "telemetry" } }],
    });
    expect(await results.next()).toMatchObject({ done: true });
  });

  it("refuses a subscription that the caller may not have, without asking its owner", async () => {
    const poor = await connect(["vm:read"]);
    expect(await poor.next(poor.run(liveSamples))).toMatchObject({ errors: [{ extensions: { code: "FORBIDDEN" } }] });
    expect(running.graph.telemetry.requests).toEqual([]);
    await poor.dispose();
  });

  it("answers a document on which graphql-js throws while validating, and keeps the socket", async () => {
    const crashing = "subscription ($wanted: Boolean!) { vmStateChanged @include(if: $wanted) { state } }";
    const refused = await client
      .run(crashing, { wanted: true })
      .next()
      .catch((errors: unknown) => errors);
    expect(refused).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    expect(await client.next(client.run("{ weather }"))).toEqual({ data: { weather: "dry" } });
    const { token } = await running.identity.issue(["vm:read"]);
    const overHttp = await running.ask(crashing, { token, variables: { wanted: true } });
    expect(overHttp).toMatchObject({ status: 400, errors: [{ extensions: { code: "INVALID_INPUT" } }] });
  });

  it("logs a subscription once, when it ends, with the events it delivered", async () => {
    const results = client.run(`subscription Live { vmStateChanged { state } }`);
    const first = client.next(results);
    await running.graph.changes.untilOpen(1);
    running.graph.changes.publish(changeOf("1", "RUNNING"));
    await first;
    await results.return?.();
    await eventually(() =>
      expect(running.log.filter((line) => line.msg === "operation")).toMatchObject([
        { operation: "Live", kind: "subscription", transport: "websocket", events: 1 },
      ]),
    );
  });
});
