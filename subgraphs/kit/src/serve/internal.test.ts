import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { RemoteProcess } from "../net/remote-process.js";
import { RemoteSink } from "../net/remote-sink.js";
import { encode } from "../protocol/codec.js";
import { type DeliveredEvent, SinkUnavailable } from "../protocol/event.js";
import { TEST_SECRET } from "../testing/databases.js";
import { ServedExample, signedBy } from "../testing/served.js";

let served: ServedExample;

beforeAll(async () => {
  served = await ServedExample.start(inject("postgresUrl"));
});
afterAll(() => served.stop());

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
      expect((await served.post(path, body)).status).toBe(401);
      expect((await served.post(path, body, signedBy("billing", path, `${body} `))).status).toBe(401);
      expect((await served.post(path, body, signedBy("somebody", path, body))).status).toBe(401);
    }
    expect(served.applied).toEqual([]);
  });

  it("apply a batch once, however often it is repeated, and tell of each event what became of it", async () => {
    const [first, bad, second] = [eventOf({ big: 2n ** 70n }), eventOf("bad"), eventOf(new Date(0))];
    const body = encode([first, bad, second]);
    const headers = signedBy("billing", "/events", body);
    const answer = await served.post("/events", body, headers);
    expect(JSON.parse(answer.text)).toEqual([
      null,
      { error: expect.stringContaining("cannot"), unavailable: false },
      null,
    ]);
    expect((await served.post("/events", body, headers)).status).toBe(200);
    expect([...served.applied].sort()).toEqual([first.id, second.id].sort());
  });

  it("carry bigints, dates and bytes in both directions", async () => {
    const remote = new RemoteProcess("example", served.server.url, "billing", TEST_SECRET);
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
    const remote = new RemoteProcess("example", served.server.url, "billing", TEST_SECRET);
    const sink = new RemoteSink(remote);
    const events = Array.from({ length: 50 }, () => eventOf("many"));
    const results = await Promise.allSettled([
      ...events.map((event) => sink.receive(event)),
      sink.receive(eventOf("bad")),
    ]);
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(events.every(({ id }) => served.applied.includes(id))).toBe(true);
    await remote.close();
  });
});
