import { RemoteUnavailable } from "@tollgate/kit/net";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "@tollgate/kit/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeOf, fixtureSupergraphSdl, sampleOf } from "../testing/graph.js";
import { SocketClient } from "../testing/socket-client.js";
import { eventually, type RunningGateway, startGateway } from "../testing/start.js";

/** The same graph as another text, so that it is a new one. */
const renewed = `${fixtureSupergraphSdl}\n# renewed`;
const states = "subscription { vmStateChanged { state } }";
const changes = "subscription { vmChanges { state vm { hourlyCost { formatted } } } }";

describe("a live stream, when another supergraph is served", () => {
  let running: RunningGateway;
  let client: SocketClient;
  /** Thrown in place of opening a stream at telemetry. */
  let outage: Error | null;
  const listened: SubgraphRequest[] = [];

  beforeEach(async () => {
    outage = null;
    listened.length = 0;
    running = await startGateway();
    const { accounts, billing, telemetry } = running.graph;
    await running.gateway.stop();
    const services = [accounts, billing, withCursors(telemetry)];
    running = { ...running, ...(await startOver(services)) };
    const { token } = await running.identity.issue(["vm:read", "price:read"]);
    client = new SocketClient(running.url, { token });
  });

  afterEach(async () => {
    await client.dispose();
    await running.gateway.stop();
  });

  async function startOver(services: SubgraphService[]): Promise<Partial<RunningGateway>> {
    const { graph, identity } = running;
    const { gateway, url, log, ask } = await startGateway({ services, identity });
    return { gateway, url, log, ask, graph, identity };
  }

  /** Events of `vmChanges` with their state as the cursor, as a subgraph with a log of events has them. */
  function withCursors(service: SubgraphService): SubgraphService {
    return {
      name: service.name,
      takesScopes: true,
      execute: async (request) => await service.execute(request),
      subscribe: (request) => {
        if (outage) throw outage;
        listened.push(request);
        const events = service.subscribe(request);
        return {
          [Symbol.asyncIterator]() {
            return this;
          },
          next: async () => {
            const step = await events.next();
            return step.done ? step : { done: false, value: withCursor(step.value) };
          },
          return: async () => (await events.return?.()) ?? { done: true, value: undefined },
        };
      },
    };
  }

  it("goes on with what comes, opened on the new one before the old one is let go", async () => {
    const { changes: source } = running.graph;
    const results = client.run(states);
    const first = client.next(results);
    await source.untilOpen(1);
    source.publish(changeOf("1", "STARTING"));
    expect(await first).toEqual({ data: { vmStateChanged: { state: "STARTING" } } });
    running.gateway.swap(renewed);
    await source.untilOpen(2);
    source.publish(changeOf("1", "RUNNING"), changeOf("1", "STOPPING"));
    for (const state of ["RUNNING", "STOPPING"]) {
      expect(await client.next(results)).toEqual({ data: { vmStateChanged: { state } } });
    }
    await source.untilOpen(1);
    source.publish(changeOf("1", "STOPPED"));
    expect(await client.next(results)).toEqual({ data: { vmStateChanged: { state: "STOPPED" } } });
  });

  it("brings each event with a cursor once, whichever graph it came over, through many changes of the graph", async () => {
    const { changes: source } = running.graph;
    const results = client.run(changes);
    const received: unknown[] = [];
    const reading = (async () => {
      for await (const { data } of results) received.push(stateOf(data));
    })();
    await source.untilOpen(1);
    const sent: string[] = [];
    for (let graph = 1; graph <= 5; graph += 1) {
      for (const part of ["a", "b", "c"]) {
        const state = `${graph}${part}`;
        sent.push(state);
        if (part === "b") {
          running.gateway.swap(`${fixtureSupergraphSdl}\n# ${graph}`);
          await eventually(() => expect(listened.length).toBeGreaterThan(graph));
        }
        source.publish(changeOf("1", state));
      }
    }
    await eventually(() => expect(received).toEqual(sent));
    await eventually(() => expect(source.open).toBe(1));
    await client.dispose();
    await reading.catch(() => undefined);
  });

  it("goes on behind its last event when the new one begins with something that the old one does not bring", async () => {
    const { changes: source } = running.graph;
    const results = client.run(changes);
    const first = client.next(results);
    await source.untilOpen(1);
    source.publish(changeOf("1", "one"));
    await first;
    const [old] = source.listeners();
    running.gateway.swap(renewed);
    await source.untilOpen(2);
    source.publishTo((reader) => reader !== old, changeOf("1", "three"));
    await eventually(() => expect(listened).toHaveLength(3), 8_000);
    expect(JSON.stringify(listened[2]?.document)).toContain('"value":"one"');
    source.publish(changeOf("1", "two"));
    expect(await client.next(results)).toMatchObject({ data: { vmChanges: { state: "two" } } });
  });

  it("is shared again by those who shared it", async () => {
    const { samples } = running.graph;
    const live = "subscription { vmSamples { cpuPercent } }";
    const results = [client.run(live), client.run(live), client.run(live)];
    const firsts = results.map((one) => client.next(one));
    await samples.untilOpen(1);
    samples.publish(sampleOf("1", 10));
    await Promise.all(firsts);
    const seconds = results.map((one) => client.next(one));
    running.gateway.swap(renewed);
    await samples.untilOpen(2);
    samples.publish(sampleOf("1", 20));
    for (const second of await Promise.all(seconds)) {
      expect(second).toEqual({ data: { vmSamples: [{ cpuPercent: 20 }] } });
    }
    await samples.untilOpen(1);
  });

  it("ends with the reason where the new one has no such field", async () => {
    const { changes: source } = running.graph;
    const results = client.run(states);
    const next = client.next(results);
    await source.untilOpen(1);
    running.gateway.swap(fixtureSupergraphSdl.replace(/\n {2}vmStateChanged: [^\n]*/, ""));
    expect(await next).toMatchObject({ errors: [{ extensions: { code: "INVALID_INPUT" } }] });
    expect(await results.next()).toEqual({ done: true, value: undefined });
    await source.untilOpen(0);
  });

  it("stays where it is while the subgraph cannot be subscribed at, and moves when it can", async () => {
    const { changes: source } = running.graph;
    const results = client.run(states);
    const first = client.next(results);
    await source.untilOpen(1);
    outage = new RemoteUnavailable("away");
    running.gateway.swap(renewed);
    source.publish(changeOf("1", "STARTING"));
    expect(await first).toEqual({ data: { vmStateChanged: { state: "STARTING" } } });
    outage = null;
    await source.untilOpen(2);
    source.publish(changeOf("1", "RUNNING"));
    expect(await client.next(results)).toEqual({ data: { vmStateChanged: { state: "RUNNING" } } });
    await source.untilOpen(1);
  });

  it("is counted and logged once, and lets go of everything when its client leaves in between", async () => {
    const { changes: source } = running.graph;
    const results = client.run(states);
    void results.next();
    await source.untilOpen(1);
    running.gateway.swap(renewed);
    await source.untilOpen(2);
    await client.dispose();
    await source.untilOpen(0);
    await eventually(() => expect(running.log.filter(({ kind }) => kind === "subscription")).toHaveLength(1));
  });
});

function stateOf(data: Record<string, unknown> | null | undefined): string | undefined {
  return (data?.vmChanges as { state: string } | undefined)?.state; // what `changes` selects
}

function withCursor(event: SubgraphResponse): SubgraphResponse {
  const state = stateOf(event.data);
  return state === undefined ? event : { ...event, extensions: { cursor: state } };
}
