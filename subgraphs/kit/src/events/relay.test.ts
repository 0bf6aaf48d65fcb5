import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { DeliveredEvent, EventSink } from "../protocol/event.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { requestCaller, TestSubgraph, testTree, until } from "../testing/fixtures.js";
import { emit } from "./outbox.js";
import { Relay } from "./relay.js";

const tree = testTree();
const delivered: DeliveredEvent[] = [];
let refuse: (event: DeliveredEvent) => boolean = () => false;
let example: TestSubgraph;

const sink: EventSink = {
  name: "tests",
  accepts: (type) => type.startsWith("test."),
  receive: async (event) => {
    if (refuse(event)) throw new Error("not now");
    // As inboxes do: a relay that was slow to note a delivery tells the same again.
    if (!delivered.some(({ id }) => id === event.id)) delivered.push(event);
  },
};

beforeAll(async () => {
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source, [sink]);
});
afterAll(() => example.stop());
beforeEach(() => {
  delivered.length = 0;
  refuse = () => false;
});

const send = async (aggregateId: string | null, payload: unknown, sealed: Uint8Array | null = null) => {
  const id = randomUUID();
  await example.subgraph.database.system("test", (tx) =>
    emit(tx, { id, type: "test.happened", aggregateId, organisationId: tree.customer, payload, sealed }),
  );
  example.subgraph.wakeRelay();
  return id;
};

const payloads = () => delivered.map((event) => event.payload);

/** Makes whatever waits for a later try due now, as time would. */
const hurry = () =>
  example.subgraph.database.system(
    "test",
    (tx) => tx.sql`update outbox set next_attempt_at = now() where delivered_at is null`,
  );

describe("the outbox and its relay", () => {
  it("keep the order of an aggregate while other aggregates overtake a failure", async () => {
    const [stuck, free] = [randomUUID(), randomUUID()];
    refuse = (event) => event.aggregateId === stuck;
    for (const number of [1, 2, 3]) await send(stuck, number);
    await send(free, "free");
    await until(() => payloads().includes("free"));
    expect(payloads()).toEqual(["free"]);
    refuse = () => false;
    await until(async () => {
      await hurry();
      return payloads().length === 4;
    });
    expect(payloads().slice(1)).toEqual([1, 2, 3]);
  });

  it("park what fails again and again, keep everything of its aggregate behind it, and go on when it is replayed", async () => {
    const aggregate = randomUUID();
    refuse = (event) => event.aggregateId === aggregate;
    const first = await send(aggregate, "first");
    await send(aggregate, "second");
    const operator = requestCaller({ org: tree.operator, permissions: ["operations:read", "operations:replay"] });
    const queue = "{ exampleQueue { pending parked deadLetters { nodes { id name attempts error payload } } } }";
    const state = async () => (await example.execute(queue, {}, operator)).data?.["exampleQueue"] as { parked: number };
    await until(async () => {
      await hurry();
      return (await state()).parked === 1;
    });
    expect(await state()).toMatchObject({
      pending: 1,
      deadLetters: {
        nodes: [{ id: first, name: "test.happened", attempts: 12, error: expect.stringContaining("not now") }],
      },
    });
    refuse = () => false;
    const replay =
      "mutation ($ids: [ID!]!) { replayExampleDeadLetters(input: { ids: $ids }) { __typename ... on DeadLettersReplayed { count } } }";
    const unknown = await example.execute(replay, { ids: [first, randomUUID()] }, operator);
    expect(unknown.data).toEqual({ replayExampleDeadLetters: { __typename: "NotFoundProblem" } });
    const replayed = await example.execute(replay, { ids: [first] }, operator);
    expect(replayed.data).toEqual({ replayExampleDeadLetters: { __typename: "DeadLettersReplayed", count: 1 } });
    await until(() => payloads().length === 2);
    expect(payloads()).toEqual(["first", "second"]);
  });

  it("show the queue to nobody without the permission", async () => {
    const { errors } = await example.execute("{ exampleQueue { pending } }", {}, requestCaller({ org: tree.operator }));
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", permission: "operations:read" });
  });

  it("carry payloads through unchanged and erase secrets once delivered", async () => {
    const payload = { at: new Date("2026-01-01T00:00:00.123Z"), units: 2n ** 60n, $date: "a word" };
    const id = await send(null, payload, new Uint8Array([1, 2, 3]));
    await until(() => delivered.length === 1);
    expect(delivered[0]?.payload).toEqual(payload);
    expect([...(delivered[0]?.sealed ?? [])]).toEqual([1, 2, 3]);
    const left = () =>
      example.subgraph.database.system(
        "test",
        (tx) => tx.sql`select 1 from outbox where id = ${id} and sealed is not null`,
      );
    await until(async () => (await left()).length === 0);
  });

  it("write nothing when the transaction that emitted rolls back", async () => {
    const failing = example.subgraph.database.system("test", async (tx) => {
      await emit(tx, { type: "test.happened", aggregateId: null, organisationId: null, payload: "never" });
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    await send(null, "after");
    await until(() => payloads().includes("after"));
    expect(payloads()).toEqual(["after"]);
  });

  it("leave a partition to one relay at a time", async () => {
    const second: DeliveredEvent[] = [];
    const other = new Relay(
      "example",
      example.subgraph.database,
      [{ ...sink, receive: async (event) => void second.push(event) }],
      () => undefined,
      pino({ level: "silent" }),
    );
    other.start();
    for (let number = 0; number < 20; number += 1) await send(null, number);
    await until(() => delivered.length === 20);
    await other.stop();
    expect(second).toEqual([]);
  });

  it("apply an event once, however often it comes", async () => {
    let applied = 0;
    const handlers = {
      "test.counted": async () => {
        applied += 1;
      },
    };
    const counting = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph({ handlers }), tree.source);
    const event: DeliveredEvent = {
      id: randomUUID(),
      type: "test.counted",
      aggregateId: randomUUID(),
      aggregateVersion: 1n,
      organisationId: null,
      occurredAt: new Date(),
      payload: null,
      sealed: null,
    };
    await Promise.all(Array.from({ length: 5 }, () => counting.subgraph.inbox.receive(event)));
    expect(applied).toBe(1);
    await counting.stop();
  });
});
