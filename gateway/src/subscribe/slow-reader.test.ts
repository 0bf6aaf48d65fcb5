import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeOf, sampleOf } from "../testing/graph.js";
import { SocketClient } from "../testing/socket-client.js";
import { type RunningGateway, startGateway } from "../testing/start.js";

const changes = "subscription { vmChanges { state } }";
const permissions = ["vm:read"];

describe("a slow reader beside a quick one", () => {
  const org = randomUUID();
  const large = "x".repeat(1_000_000);
  let running: RunningGateway;
  let quick: SocketClient;
  let slow: SocketClient;

  async function connect(): Promise<SocketClient> {
    const { token } = await running.identity.issue(permissions, { org });
    return new SocketClient(running.url, { token });
  }

  beforeEach(async () => {
    running = await startGateway({ limits: { queuedEvents: 20 } });
    [quick, slow] = [await connect(), await connect()];
  });

  afterEach(async () => {
    await Promise.all([quick.dispose(), slow.dispose()]);
    await running.gateway.stop();
  });

  it("misses events where the newest wins, and keeps nobody waiting", async () => {
    const query = "subscription { vmSamples { cpuPercent vm { name } } }";
    const [read, unread] = [quick.run(query), slow.run(query)];
    const waiting = [quick.next(read), slow.next(unread)];
    await running.graph.samples.untilOpen(1);
    await Promise.all([quick, slow].map((client) => client.next(client.run("{ weather }"))));
    running.graph.samples.publish(sampleOf("1", 0));
    await Promise.all(waiting);
    slow.pause();
    const count = 40;
    for (let number = 1; number <= count; number += 1) {
      const next = quick.next(read);
      const { vmSamples } = sampleOf("1", number);
      running.graph.samples.publish({
        vmSamples: vmSamples.map((sample) => ({ ...sample, vm: { ...sample.vm, name: large } })),
      });
      expect((await next).data).toMatchObject({ vmSamples: [{ cpuPercent: number }] });
    }
    slow.resume();
    let delivered = 0;
    for await (const { data } of unread) {
      delivered += 1;
      if ((data as { vmSamples: { cpuPercent: number }[] }).vmSamples[0]?.cpuPercent === count) break;
    }
    expect(delivered).toBeLessThan(count);
    expect(running.graph.samples.open).toBe(1);
  });

  it("is closed with a reason where nothing may be lost, and the quick one misses nothing", async () => {
    const [read, unread] = [quick.run(changes), slow.run(changes)];
    const waiting = [quick.next(read), slow.next(unread)];
    await running.graph.changes.untilOpen(1);
    await Promise.all([quick, slow].map((client) => client.next(client.run("{ weather }"))));
    running.graph.changes.publish(changeOf("1", "0"));
    await Promise.all(waiting);
    slow.pause();
    const ended = unread.next().catch((reason: unknown) => reason);
    for (let number = 1; number <= 60; number += 1) {
      const next = quick.next(read);
      running.graph.changes.publish(changeOf("1", `${number} ${large}`));
      expect(((await next).data as { vmChanges: { state: string } }).vmChanges.state.split(" ")[0]).toBe(`${number}`);
    }
    slow.resume();
    expect(await slow.closed).toMatchObject({ code: 4413 });
    await ended;
    expect(running.graph.changes.open).toBe(1);
  });

  it("is none who reads a burst that is longer than its queue", async () => {
    const read = quick.run(changes);
    const first = quick.next(read);
    await running.graph.changes.untilOpen(1);
    const states = Array.from({ length: 500 }, (_, index) => `state ${index}`);
    running.graph.changes.publish(...states.map((state) => changeOf("1", state)));
    const seen = [await first];
    while (seen.length < states.length) seen.push(await quick.next(read));
    expect(seen.map(({ data }) => (data as { vmChanges: { state: string } }).vmChanges.state)).toEqual(states);
  });
});
